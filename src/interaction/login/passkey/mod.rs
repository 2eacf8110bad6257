//! Signing in with a passkey: alone, after a password, or for more than the session shows.

mod check;
pub mod page;
pub mod view;

use crate::op::feature::Part;

pub fn part() -> Part {
    Part { routes: vec![page::routes], ..Part::default() }
}
