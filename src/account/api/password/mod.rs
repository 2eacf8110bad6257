//! `/api/account/v1/password`

pub mod endpoint;
