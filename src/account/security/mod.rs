//! `/account/security`: how a person signs in, and `/account/security/password`.

pub mod page;
pub mod password;
pub mod view;
