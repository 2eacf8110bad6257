//! `/account/appearance`: the language and the theme of our pages.

pub mod page;
pub mod view;
