//! `/account/sessions`: a person's sessions.

pub mod api;
pub mod page;
pub mod preview;
pub mod view;

use crate::model::end_reason::EndReason;
use crate::op::Op;
use crate::op::feature::Part;
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Which};

pub fn part() -> Part {
    Part::page(page::routes, preview::samples)
}

/// Ends sessions of a person; other people's sessions are not found. Returns the ids of those that ended.
///
/// # Errors
/// When the store does not answer.
pub async fn end(op: &Op, person: &str, which: Which) -> Result<Vec<String>, Unavailable> {
    let (person, closing) = (person.to_owned(), op.closing(EndReason::Person));
    op.db.write(move |tx| ending::store::end_of_person(tx, &person, &which, &closing)).await
}
