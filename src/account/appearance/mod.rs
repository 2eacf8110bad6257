//! `/account/appearance`: the language and the theme of our pages.

pub mod api;
pub mod choice;
pub mod page;
pub mod preview;
mod store;
pub mod view;
