//! Enabling, disabling and deleting applications.

use crate::admin::{Clients, Delete, Installation, Permit, Write};
use crate::model::client::store;
use crate::model::event::{self, Event, EventKind};
use crate::platform::error::Unavailable;
use crate::tokens::family;

/// Refuses an application everywhere, or lets it in again.
///
/// # Errors
/// When the store does not confirm; so for [`delete`].
pub async fn set_enabled(
    at: &Installation,
    permit: &Permit<Write, Clients>,
    id: &str,
    enabled: bool,
) -> Result<(), Unavailable> {
    let (id, actor, now) = (id.to_owned(), permit.actor().clone(), at.now());
    let kind = if enabled { EventKind::ClientEnabled } else { EventKind::ClientDisabled };
    at.change(move |tx| {
        store::set_enabled(tx, &id, enabled, now)?;
        event::store::record(tx, &Event::by(actor, kind).client(&id), now)
    })
    .await
}

/// Deletes an application and revokes its tokens. Returns how many token families those were.
pub async fn delete(at: &Installation, permit: &Permit<Delete, Clients>, id: &str) -> Result<usize, Unavailable> {
    let (id, actor, now) = (id.to_owned(), permit.actor().clone(), at.now());
    at.change(move |tx| {
        store::delete(tx, &id)?;
        event::store::record(tx, &Event::by(actor, EventKind::ClientDeleted).client(&id), now)?;
        family::store::revoke_of_client(tx, &id, now)
    })
    .await
}
