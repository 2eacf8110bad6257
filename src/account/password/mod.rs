//! `/account/security/password`: the password, and the life without one.

pub mod api;
pub mod change;
pub mod page;
pub mod preview;
pub mod removal;
mod store;
pub mod view;
