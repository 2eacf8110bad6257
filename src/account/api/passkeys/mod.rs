//! `/api/account/v1/passkeys`. Making one takes a browser, at the console.

pub mod endpoint;
