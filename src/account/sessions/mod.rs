//! `/account/sessions`: where a person is signed in.

pub mod page;
pub mod preview;
pub mod view;
