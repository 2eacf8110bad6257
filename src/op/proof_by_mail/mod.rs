//! The hub of proofs by mail: somebody names an account or an address, gets a code and a link, and presents one of them.
//! Recovery, sign-up and sign-in by mail are purposes of it: [`Flow`] says whom a message reaches, [`Pages`] what is
//! chosen and done with the proof.

pub mod page;
mod request;

pub use page::{Faults, Over, Pages, Place, Scene, Settled, routes};
pub use request::{Flow, Reached, Request, active_person, ask, follow_up};
