//! A forgotten password: a code and a link to the address that the account has, and a new password for whoever shows
//! one of them. That signs in, as one factor: who has a second one is asked for it, as ever.

pub mod page;
pub mod preview;
pub mod request;
mod reset;
pub mod view;

/// The name of the feature; only where mail is configured.
pub const FEATURE: &str = "recovery";
/// The kind of the work that follows a request.
pub const RECOVERY: &str = "recovery_request";
