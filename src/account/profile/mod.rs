//! `/account/profile`: the claims that a person edits.

pub mod api;
pub mod fields;
pub mod page;
pub mod picture;
pub mod preview;
mod store;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
