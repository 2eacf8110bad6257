//! `/account/addresses`: the e-mail addresses of a person, and what the links in letters about them lead to.

pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

/// Its page.
pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
