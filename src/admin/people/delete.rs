//! Deleting a person.

use crate::admin::{Delete, Installation, Permit, Users};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::user::store;
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Which};

/// Deletes a person: only the `sub` stays, so that it is never given again. Gives how many sessions ended.
///
/// # Errors
/// When the store does not confirm.
pub async fn delete(at: &Installation, permit: &Permit<Delete, Users>, person: &str) -> Result<usize, Unavailable> {
    let (person, actor, closing) =
        (person.to_owned(), permit.actor().clone(), at.closing(permit.actor(), EndReason::Deleted));
    at.change(move |tx| {
        let ended = ending::store::end_of_person(tx, &person, &Which::All, &closing)?;
        store::bury(tx, &person, closing.now)?;
        event::store::record(tx, &Event::by(actor, EventKind::UserDeleted).person(&person), closing.now)?;
        Ok(ended.len())
    })
    .await
}
