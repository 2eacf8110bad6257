//! The hub of sign-in, and the only way into a session: after any first factor, the second factor is requested here.
//! Passwords, passkeys, codes by mail and new accounts enter through [`Entry`].

mod page;
mod second_factor;
mod session;

pub use page::Entry;
