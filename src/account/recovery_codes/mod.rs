//! `/account/security/recovery-codes`: the codes that stand in for a second factor that is lost.

pub mod api;
pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
