//! `/account/sessions`: a person's sessions.

pub mod api;
pub mod page;
pub mod preview;
pub mod view;

use super::owner::{Confirmed, NotMade, Owner, Who};
use crate::model::end_reason::EndReason;
use crate::op::Op;
use crate::op::feature::Part;
use crate::platform::db::Connection;
use crate::tokens::ending::{self, Which};

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}

/// Ends sessions of a person; other people's sessions are not found. Returns the ids of those that ended.
///
/// # Errors
/// See [`NotMade`].
pub async fn end(op: &Op, owner: &Owner, which: Which) -> Result<Vec<String>, NotMade> {
    let closing = op.closing(EndReason::Person);
    let end =
        move |tx: &mut Connection, owner: &Confirmed| ending::store::end_of_person(tx, owner.id(), &which, &closing);
    owner.change(op, Who::SignedIn, end).await
}
