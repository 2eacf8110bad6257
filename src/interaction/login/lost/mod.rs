//! Somebody without a password lost the passkey, and comes back by a recovery code.

pub(super) mod page;
pub(super) mod preview;
mod view;
