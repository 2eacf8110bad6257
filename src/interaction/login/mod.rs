//! Sign-in: who it is, and the session that begins.

mod accounts;
pub mod leaving;
pub mod page;
mod sign_in;
pub mod view;
