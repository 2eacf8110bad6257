//! `/account/security/password`: changing and removing the password.

pub mod api;
pub mod change;
pub mod page;
pub mod preview;
pub mod removal;
mod store;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}
