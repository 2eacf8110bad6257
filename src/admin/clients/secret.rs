//! Another secret for an application.

use crate::admin::{ClientSecrets, Installation, Permit, Write};
use crate::model::client::secret::{self, SecretSealing};
use crate::model::client::{Client, store};
use crate::model::event::{self, Event, EventKind};
use crate::platform::clock::Time;
use crate::platform::crypto::OpaqueToken;
use crate::platform::error::Unavailable;
use crate::protocol::client_metadata::ClientAuthMethod;
use std::time::Duration;

/// What came of it.
pub enum Rotated {
    /// The new secret, shown only once; the old one is valid until then, if at all.
    Made(OpaqueToken, Option<Time>),
    /// The application authenticates without a secret.
    NeedsNone,
}

/// Creates a new secret; the old one stays valid for `overlap`.
///
/// # Errors
/// When the store does not confirm.
pub async fn rotate_secret(
    at: &Installation,
    permit: &Permit<Write, ClientSecrets>,
    sealing: &SecretSealing,
    client: &Client,
    overlap: Option<Duration>,
) -> Result<Rotated, Unavailable> {
    let method = client.metadata.auth_method();
    let has_none = matches!(method, Some(ClientAuthMethod::None | ClientAuthMethod::PrivateKeyJwt));
    if has_none && !secret::is_used(&client.metadata) {
        return Ok(Rotated::NeedsNone);
    }
    let (id, actor, now) = (client.id.clone(), permit.actor().clone(), at.now());
    let (text, kept) = sealing.fresh((&at.new_id(), &id), &client.metadata);
    let until = overlap.map(|overlap| now + overlap);
    at.change(move |tx| {
        store::add_secret(tx, &id, &kept, until, now)?;
        event::store::record(tx, &Event::by(actor, EventKind::ClientSecretRotated).client(&id), now)
    })
    .await?;
    Ok(Rotated::Made(text, until))
}
