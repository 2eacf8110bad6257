//! A key that leaked.

use super::Failed;
use crate::admin::{Delete, Installation, Keys, Permit};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::key::{KeyState, Rotation, SigningKey, create, store};
use crate::platform::clock::Time;
use crate::platform::crypto::MasterKeys;
use crate::platform::db::{Connection, touch};
use crate::platform::error::Unavailable;
use diesel::QueryResult;
use serde_json::json;
use std::sync::Arc;

/// What came of it.
#[derive(Debug)]
pub struct Revoked {
    /// The key, as it is now.
    pub key: SigningKey,
    /// Whether it was revoked before.
    pub was_so: bool,
    /// The key that signs instead, where this one did.
    pub successor: Option<SigningKey>,
}

/// Revokes a key: nothing that it signed is valid any more. Another one takes over at once. `None` where there is
/// no such key. The master keys are needed only where another key has to be made.
///
/// # Errors
/// When the store does not confirm, or no key can be made.
pub async fn revoke(
    at: &Installation,
    permit: &Permit<Delete, Keys>,
    masters: Option<&Arc<MasterKeys>>,
    kid: &str,
) -> Result<Option<Revoked>, Failed> {
    let keys = at.db.read(store::list).await?;
    let Some(key) = keys.into_iter().find(|key| key.kid == kid) else { return Ok(None) };
    let rotation = Rotation::of(&at.config);
    // RSA takes a while: outside the transaction, and whether it is needed or not.
    let fresh = successor(at, &key, &rotation, masters).await?;
    let (kid, actor, now) = (kid.to_owned(), permit.actor().clone(), at.now());
    Ok(at.change(move |tx| take_out(tx, &actor, &rotation, &kid, fresh, now)).await?)
}

/// A key that could follow at once; none for an algorithm that is no longer configured.
async fn successor(
    at: &Installation,
    key: &SigningKey,
    rotation: &Rotation,
    masters: Option<&Arc<MasterKeys>>,
) -> Result<Option<SigningKey>, Failed> {
    if key.state != KeyState::Active || !rotation.algorithms.contains(&key.algorithm) {
        return Ok(None);
    }
    let masters = Arc::clone(masters.ok_or(Failed::NoMasterKey)?);
    let (random, now, algorithm) = (Arc::clone(&at.random), at.now(), key.algorithm);
    let make = move || create(algorithm, (KeyState::Active, now), &masters, now, random.as_ref());
    Ok(Some(tokio::task::spawn_blocking(make).await.map_err(Unavailable::new)??))
}

fn take_out(
    tx: &mut Connection,
    actor: &Actor,
    rotation: &Rotation,
    kid: &str,
    fresh: Option<SigningKey>,
    now: Time,
) -> QueryResult<Option<Revoked>> {
    touch(tx, store::TOPIC)?;
    let was_so = !store::revoke(tx, kid, now)?;
    let keys = store::list(tx)?;
    let Some(key) = keys.iter().find(|key| key.kid == kid).cloned() else { return Ok(None) };
    if was_so {
        return Ok(Some(Revoked { key, was_so, successor: None }));
    }
    event::store::record(tx, &Event::by(actor.clone(), EventKind::KeyRevoked).detail(json!({ "kid": kid })), now)?;
    let of = |state| keys.iter().find(move |other| other.algorithm == key.algorithm && other.state == state);
    let successor = match (of(KeyState::Active), of(KeyState::Pending), fresh) {
        (Some(_), ..) | (None, None, None) => None,
        (None, Some(waiting), _) => {
            store::set_activation(tx, &waiting.kid, now)?;
            rotation.activate(tx, &waiting.kid, now)?;
            Some(SigningKey { state: KeyState::Active, activate_at: now, ..waiting.clone() })
        }
        (None, None, Some(fresh)) => {
            store::insert(tx, &fresh)?;
            Some(fresh)
        }
    };
    if let Some(successor) = &successor {
        let detail = json!({ "kid": successor.kid });
        event::store::record(tx, &Event::by(actor.clone(), EventKind::KeyActivated).detail(detail), now)?;
    }
    Ok(Some(Revoked { key, was_so, successor }))
}
