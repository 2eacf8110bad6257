//! `/account/addresses`: the email addresses of a person, and what the links in emails about them lead to.

pub mod api;
pub mod book;
pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
