//! Initial access tokens: each lets somebody register applications (RFC 7591 §3).

use super::{Delete, Installation, Permit, Read, RegistrationTokens, Write};
use crate::model::event::{self, Event, EventKind};
use crate::model::initial_access_token::{InitialAccessToken, store};
use crate::platform::crypto::{OpaqueToken, Pepper, TokenKind};
use crate::platform::error::Unavailable;
use serde_json::json;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Wanted {
    /// How many clients it may register; `None` is any number.
    pub uses: Option<i64>,
    /// Its lifetime; `None` is for ever.
    pub lifetime: Option<Duration>,
    /// What it is for.
    pub note: String,
}

/// Makes a token; its text is shown this once.
///
/// # Errors
/// When the store does not confirm; the same for every function here.
pub async fn create(
    at: &Installation,
    permit: &Permit<Write, RegistrationTokens>,
    pepper: &Pepper,
    wanted: Wanted,
) -> Result<(OpaqueToken, InitialAccessToken), Unavailable> {
    let (now, kind, actor) = (at.now(), TokenKind::InitialAccessToken, permit.actor().clone());
    let text = OpaqueToken::new(kind, at.random.as_ref());
    let token = InitialAccessToken {
        id: at.new_id(),
        note: wanted.note,
        uses_left: wanted.uses,
        created_at: now,
        expires_at: wanted.lifetime.map(|after| now + after),
        revoked_at: None,
    };
    let (kept, hash) = (token.clone(), pepper.hash(kind.as_str(), text.expose().as_bytes()));
    at.db
        .write(move |tx| {
            store::insert(tx, &kept, &hash)?;
            let detail = json!({"id": kept.id, "uses": kept.uses_left});
            let event = Event::by(actor, EventKind::RegistrationTokenCreated).detail(detail);
            event::store::record(tx, &event, now)
        })
        .await?;
    Ok((text, token))
}

/// Tokens, the newest first, at most `limit`.
pub async fn list(
    at: &Installation,
    _: &Permit<Read, RegistrationTokens>,
    limit: i64,
) -> Result<Vec<InitialAccessToken>, Unavailable> {
    at.db.read(move |connection| store::list(connection, limit)).await
}

/// Ends a token; clients that were registered with it stay. False when there is no live one with this id.
pub async fn revoke(
    at: &Installation,
    permit: &Permit<Delete, RegistrationTokens>,
    id: &str,
) -> Result<bool, Unavailable> {
    let (id, actor, now) = (id.to_owned(), permit.actor().clone(), at.now());
    at.db
        .write(move |tx| {
            let revoked = store::revoke(tx, &id, now)?;
            if revoked {
                let event = Event::by(actor, EventKind::RegistrationTokenRevoked).detail(json!({"id": id}));
                event::store::record(tx, &event, now)?;
            }
            Ok(revoked)
        })
        .await
}
