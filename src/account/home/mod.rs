//! `/account`: a greeting, the latest sign-ins, and the way to everything else.

pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

/// Its page.
pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
