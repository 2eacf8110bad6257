//! `/api/account/v1/appearance`

pub mod endpoint;
