//! `/account/applications`: the applications that a person lets in.

pub mod api;
pub mod page;
pub mod preview;
mod store;
pub mod take_back;
pub mod view;
