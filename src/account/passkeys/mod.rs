//! `/account/security/passkeys`: the keys that a person's devices keep.

pub mod api;
pub mod changes;
pub mod page;
pub mod preview;
mod view;
