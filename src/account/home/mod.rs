//! `/account`: a greeting, the latest sign-ins, and links to everything else.

pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
