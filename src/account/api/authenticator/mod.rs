//! `/api/account/v1/authenticator`

pub mod endpoint;
