//! `/account/security`: how a person signs in, and `/account/security/password`.

pub mod page;
pub mod password;
pub mod preview;
pub mod view;
