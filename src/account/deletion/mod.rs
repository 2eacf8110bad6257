//! `/account/data/delete`: the deletion of an account.

pub mod api;
pub mod ask;
pub mod page;
pub mod preview;
mod store;
pub mod view;
