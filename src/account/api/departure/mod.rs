//! `/api/account/v1/deletion`

pub mod endpoint;
