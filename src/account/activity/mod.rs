//! `/account/activity`: events, as sentences.

pub mod api;
pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
