//! Sign-in without a password: a code and a link to an address that the account has proved. One factor, of the kind
//! that a password is; whoever has a second one is asked for it afterwards.

pub mod page;
pub mod request;
mod view;

/// The name of the feature; only where mail is configured.
pub const FEATURE: &str = "mail_code";
/// The kind of the work that follows a request.
pub const SIGN_IN: &str = "sign_in_request";
