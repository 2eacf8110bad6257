//! `latchkey keys revoke`: a key that leaked.

use super::super::{Answer, Failure, Site};
use super::shown;
use crate::model::event::{self, Event};
use crate::model::key::{KeyState, Rotation, SigningKey, create, store};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, touch};
use diesel::QueryResult;
use serde_json::json;
use std::sync::Arc;

#[derive(clap::Args)]
pub(in crate::cli) struct Revoke {
    /// The key's id, as `keys list` shows it
    // One in 64 thumbprints begins with a hyphen.
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
}

struct Revoked {
    key: SigningKey,
    was_so: bool,
    successor: Option<SigningKey>,
}

pub(super) async fn revoke(site: &Site, arguments: &Revoke) -> Result<Answer, Failure> {
    let kid = arguments.kid.clone();
    let missing = || {
        Failure::new(format!("there is no key {}", arguments.kid)).fix("latchkey keys list shows the ids of all keys")
    };
    let keys = site.read(store::list).await?;
    let key = keys.into_iter().find(|key| key.kid == kid).ok_or_else(missing)?;
    let rotation = Rotation::of(&site.config);
    // RSA takes a while: outside the transaction, and whether it is needed or not.
    let fresh = successor(site, &key, &rotation).await?;
    let now = site.now();
    let revoked = site.write(move |tx| take_out(tx, &rotation, &kid, fresh, now)).await?.ok_or_else(missing)?;
    site.settle().await;
    Ok(Answer::new(
        told(&revoked),
        json!({ "revoked": shown(&revoked.key), "successor": revoked.successor.as_ref().map(shown) }),
    ))
}

/// A key that could follow at once; none for an algorithm that is no longer configured.
async fn successor(site: &Site, key: &SigningKey, rotation: &Rotation) -> Result<Option<SigningKey>, Failure> {
    if key.state != KeyState::Active || !rotation.algorithms.contains(&key.algorithm) {
        return Ok(None);
    }
    let (masters, random, now, algorithm) = (site.master_keys()?, Arc::clone(&site.random), site.now(), key.algorithm);
    let make = move || create(algorithm, (KeyState::Active, now), &masters, now, random.as_ref());
    let made = tokio::task::spawn_blocking(make).await.map_err(Failure::stopped)?;
    made.map(Some).map_err(|error| Failure::new(error.to_string()))
}

fn take_out(
    tx: &mut Connection,
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
    event::store::record(tx, &Event::by_operator("key.revoked").detail(json!({ "kid": kid })), now)?;
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
        event::store::record(tx, &Event::by_operator("key.activated").detail(detail), now)?;
    }
    Ok(Some(Revoked { key, was_so, successor }))
}

fn told(revoked: &Revoked) -> String {
    let key = &revoked.key;
    if revoked.was_so {
        return format!("{}: the key {} was revoked before.", key.algorithm, key.kid);
    }
    let loss = match key.algorithm.key_use() {
        "enc" => "What was encrypted to it can no longer be read",
        _ => "Nothing that it signed verifies any more",
    };
    let first = format!("{}: the key {} is out of the JWKS. {loss}.", key.algorithm, key.kid);
    match &revoked.successor {
        Some(next) => format!(
            "{first}\n{} follows at once. Applications that keep the old JWKS refuse new tokens, and believe old ones, \
             until they fetch it anew.",
            next.kid
        ),
        None => first,
    }
}
