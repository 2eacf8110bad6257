//! Sign-in: who it is, and the session that begins.

mod accounts;
mod code;
mod entry;
pub mod leaving;
pub mod mail;
pub mod page;
pub mod preview;
mod second_factor;
mod sign_in;
pub mod view;
