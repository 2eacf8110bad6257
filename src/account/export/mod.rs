//! `/account/data`: a copy of all data about a person, and the link to the deletion of the account.

pub mod api;
pub mod copy;
pub mod page;
pub mod preview;
mod store;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
