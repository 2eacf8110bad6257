//! The second factor: a code of an authenticator app, or a recovery code.

pub(super) mod page;
pub(super) mod preview;
mod view;
