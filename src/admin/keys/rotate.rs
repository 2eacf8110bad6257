//! A new key in place of one that signs.

use super::Failed;
use crate::admin::{Installation, Keys, Permit, Write};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::key::{KeyAlgorithm, KeyState, Rotation, SigningKey, create, store};
use crate::platform::clock::Time;
use crate::platform::crypto::MasterKeys;
use crate::platform::db::{Connection, touch};
use crate::platform::error::Unavailable;
use diesel::QueryResult;
use serde_json::json;
use std::sync::Arc;

/// The key that comes next for an algorithm, and whether it was made now: one that waits already is not made twice. With
/// `at_once` it signs as soon as every server shows it.
///
/// # Errors
/// When the store does not confirm, or no key can be made.
pub async fn rotate(
    at: &Installation,
    permit: &Permit<Write, Keys>,
    masters: &Arc<MasterKeys>,
    algorithm: KeyAlgorithm,
    at_once: bool,
) -> Result<(SigningKey, bool), Failed> {
    let rotation = Rotation::of(&at.config);
    let (masters, random, now) = (Arc::clone(masters), Arc::clone(&at.random), at.now());
    let activate_at = now + rotation.publish_ahead;
    // RSA takes a while: outside the transaction.
    let make = move || create(algorithm, (KeyState::Pending, activate_at), &masters, now, random.as_ref());
    let fresh = tokio::task::spawn_blocking(make).await.map_err(Unavailable::new)??;
    let (waiting, actor) = (rotation.clone(), permit.actor().clone());
    let (key, made) = at.change(move |tx| turn(tx, &actor, &waiting, fresh, false, now)).await?;
    if !at_once {
        return Ok((key, made));
    }
    // Every server shows the key by now, and none signs with it yet.
    let (now, actor) = (at.now(), permit.actor().clone());
    let (key, _) = at.change(move |tx| turn(tx, &actor, &rotation, key, true, now)).await?;
    Ok((key, made))
}

fn turn(
    tx: &mut Connection,
    actor: &Actor,
    rotation: &Rotation,
    fresh: SigningKey,
    at_once: bool,
    now: Time,
) -> QueryResult<(SigningKey, bool)> {
    // The row of the counter is the lock: of two rotations at once the second sees the first's key.
    touch(tx, store::TOPIC)?;
    let keys = store::list(tx)?;
    if let Some(key) = keys.iter().find(|key| key.kid == fresh.kid && key.state != KeyState::Pending) {
        // Another rotation let it sign meanwhile.
        return Ok((key.clone(), false));
    }
    let waiting = keys.into_iter().find(|key| key.algorithm == fresh.algorithm && key.state == KeyState::Pending);
    let (mut key, made) = match waiting {
        Some(key) => (key, false),
        None => (fresh, true),
    };
    if made {
        store::insert(tx, &key)?;
        event::store::record(
            tx,
            &Event::by(actor.clone(), EventKind::KeyCreated).detail(json!({"kid": key.kid})),
            now,
        )?;
    }
    if at_once {
        key.activate_at = now;
        store::set_activation(tx, &key.kid, now)?;
        rotation.activate(tx, &key.kid, now)?;
        key.state = KeyState::Active;
        event::store::record(
            tx,
            &Event::by(actor.clone(), EventKind::KeyActivated).detail(json!({"kid": key.kid})),
            now,
        )?;
    }
    Ok((key, made))
}
