//! The account console: what a person sees and changes of their own account, a folder per page.

pub mod authenticator;
pub mod device;
pub mod home;
pub mod view;
pub mod visit;
