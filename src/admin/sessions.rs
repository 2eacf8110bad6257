//! Where people are signed in.

use super::{Delete, Installation, Permit, Read, Sessions};
use crate::model::end_reason::EndReason;
use crate::model::session::store::{self, Listed};
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Which};

/// The live sessions of a person.
///
/// # Errors
/// When the store does not answer; so for [`end`].
pub async fn list(at: &Installation, _: &Permit<Read, Sessions>, person: &str) -> Result<Vec<Listed>, Unavailable> {
    let (person, now) = (person.to_owned(), at.now());
    at.db.read(move |connection| store::list(connection, &person, now)).await
}

/// Ends a person's sessions, all or the one with this id. Gives how many ended; another person's session is not found.
pub async fn end(
    at: &Installation,
    permit: &Permit<Delete, Sessions>,
    person: &str,
    only: Option<&str>,
) -> Result<usize, Unavailable> {
    let which = only.map_or(Which::All, |only| Which::Only(only.to_owned()));
    let (person, closing) = (person.to_owned(), at.closing(permit.actor(), EndReason::Operator));
    let ended = at.change(move |tx| ending::store::end_of_person(tx, &person, &which, &closing)).await?;
    Ok(ended.len())
}
