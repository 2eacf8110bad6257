//! `/account/security/password`

pub mod page;
pub mod preview;
pub mod view;
