//! `/account/applications`: the applications that a person lets in.

pub mod api;
pub mod page;
pub mod preview;
mod store;
pub mod take_back;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
