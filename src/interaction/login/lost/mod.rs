//! Sign-in with a recovery code, for a person without a password who lost the passkey.

pub(super) mod page;
pub(super) mod preview;
mod view;
