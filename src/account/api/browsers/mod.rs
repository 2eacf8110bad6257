//! `/api/account/v1/remembered-browsers`: those in which no second factor is asked for.

pub mod endpoint;
