//! `/account/security`: how a person signs in, and `/account/security/password`.

pub mod page;
pub mod password;
pub mod preview;
pub mod view;

use crate::op::feature::Part;

/// Its page.
pub fn part() -> Part {
    Part { routes: vec![page::routes], samples: vec![preview::samples, password::preview::samples], ..Part::default() }
}
