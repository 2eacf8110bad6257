//! Sign-in: who it is, and the session that begins.

mod accounts;
mod code;
pub mod leaving;
mod lost;
pub mod mail;
pub mod page;
pub mod passkey;
pub mod preview;
mod reason;
mod second_factor;
mod sign_in;
pub mod view;
