//! `/account/security/passkeys`: the keys that a person's devices keep.

pub mod page;
pub mod preview;
mod view;
