//! The hub of sign-in, and the only way into a session: whatever proved the person, the second factor is asked for here.
//! A password, a passkey, a code by mail, a new account come in by [`Entry`]; so does whatever is yet to come.

mod page;
mod second_factor;
mod session;

pub use page::Entry;
