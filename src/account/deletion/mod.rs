//! `/account/data/delete`: the deletion of an account.

pub mod api;
pub mod ask;
pub mod page;
pub mod preview;
mod store;
pub mod view;

use crate::op::feature::{Part, Sweep};

/// Its page, and the deletion of accounts whose grace period has ended.
pub fn part() -> Part {
    let end = Sweep { tables: &["people"], run: |tx, due| ask::delete_due(tx, due.now, due.limit) };
    Part { sweeps: vec![end], ..Part::page(page::routes, preview::samples) }
}
