//! The account chooser.

pub(super) mod page;
