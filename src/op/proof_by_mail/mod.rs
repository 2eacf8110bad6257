//! The hub of proofs by mail: somebody names an account or an address, gets a code and a link, and shows one of them.
//! Recovery, sign-up and sign-in by mail are purposes of it ([`Flow`]).

pub mod page;
mod request;

pub use request::{Flow, Reached, Request, active_person, ask, follow_up};
