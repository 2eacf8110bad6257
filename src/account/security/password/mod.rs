//! `/account/security/password`

pub mod page;
pub mod view;
