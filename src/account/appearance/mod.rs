//! `/account/appearance`: the language and the theme of our pages.

pub mod api;
pub mod choice;
pub mod page;
pub mod preview;
mod store;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
