//! `/api/account/v1/recovery-codes`

pub mod endpoint;
