//! The logo that an operator uploads for an application. It stays whatever `logo_uri` says.

use crate::admin::{Clients, Installation, Permit, Write};
use crate::model::event::{self, Event, EventKind};
use crate::model::picture::{Named, store};
use crate::platform::error::Unavailable;
use crate::platform::picture::Picture;
use serde_json::json;

/// Keeps a logo in place of the one before.
///
/// # Errors
/// When the store does not confirm; so for [`remove_logo`].
pub async fn set_logo(
    at: &Installation,
    permit: &Permit<Write, Clients>,
    id: &str,
    picture: Picture,
) -> Result<(), Unavailable> {
    let named = Named::new(picture, at.random.as_ref());
    let (id, actor, now) = (id.to_owned(), permit.actor().clone(), at.now());
    at.change(move |tx| {
        store::set_logo(tx, &id, &named, None, now)?;
        let event = Event::by(actor, EventKind::ClientUpdated).client(&id).detail(json!({"logo": "uploaded"}));
        event::store::record(tx, &event, now)
    })
    .await
}

/// Deletes the logo of an application, uploaded or fetched; false where it has none.
pub async fn remove_logo(at: &Installation, permit: &Permit<Write, Clients>, id: &str) -> Result<bool, Unavailable> {
    let (id, actor, now) = (id.to_owned(), permit.actor().clone(), at.now());
    at.change(move |tx| {
        let was_there = store::remove_logo(tx, &id)?;
        if was_there {
            let event = Event::by(actor, EventKind::ClientUpdated).client(&id).detail(json!({"logo": "removed"}));
            event::store::record(tx, &event, now)?;
        }
        Ok(was_there)
    })
    .await
}
