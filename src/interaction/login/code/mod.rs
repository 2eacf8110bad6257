//! The second factor: a code of an authenticator app, or a recovery code.

pub(super) mod page;
mod view;
