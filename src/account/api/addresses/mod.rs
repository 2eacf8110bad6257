//! `/api/account/v1/addresses`

pub mod endpoint;
