//! `/account/profile`: the standard claims that a person edits.

pub mod page;
pub mod view;
