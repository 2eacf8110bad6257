//! `/account/profile`: the standard claims that a person edits.

pub mod page;
pub mod preview;
pub mod view;
