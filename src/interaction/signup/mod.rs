//! An account that a person makes: first they prove an address by a code or a link, then they choose name and password.
//! Only who has proved an address is told whether a name is free; nobody is told whether an address has an account.

mod join;
pub mod page;
pub mod preview;
pub mod request;
pub mod view;

/// The name of the feature; on by `signup.mode`.
pub const FEATURE: &str = "signup";
/// The kind of the work that follows a request.
pub const SIGN_UP: &str = "sign_up_request";
