//! Signing keys and the master keys that open them.

use super::{Finding, Site, span};
use crate::model::client;
use crate::model::key::{KeyState, Rotation, SigningKey, aad, store};
use crate::platform::clock::Time;
use std::time::Duration;

pub(in crate::cli) async fn look(site: &Site) -> Vec<Finding> {
    let keys = match site.read(store::list).await {
        Ok(keys) => keys,
        Err(failure) => return vec![Finding::fail(failure.message(), failure.advice())],
    };
    let mut found = judge(&Rotation::of(&site.config), &keys, site.now());
    found.extend(seals(site, &keys).await);
    found
}

fn judge(rotation: &Rotation, keys: &[SigningKey], now: Time) -> Vec<Finding> {
    rotation
        .algorithms
        .iter()
        .map(|algorithm| {
            let active = keys
                .iter()
                .filter(|key| key.algorithm == *algorithm && key.state == KeyState::Active && key.activate_at <= now);
            match (active.map(|key| now.since(key.activate_at)).min(), rotation.every) {
                (None, _) if algorithm.signature().is_none() => {
                    Finding::ok(format!("no {algorithm} encryption key yet: a running server creates it"))
                }
                (None, _) => Finding::fail(format!("no {algorithm} key signs"), "latchkey migrate creates one"),
                (Some(age), Some(every)) if age > every + rotation.publish_ahead + Duration::from_secs(86_400) => {
                    Finding::warn(
                        format!("the {algorithm} key is {} old, and `keys.rotation` is {}", span(age), span(every)),
                        "a running server rotates keys automatically: is one running? otherwise run latchkey keys rotate",
                    )
                }
                (Some(age), _) => {
                    let signs = if algorithm.signature().is_some() { "signs" } else { "is used to encrypt" };
                    Finding::ok(format!("the {algorithm} key {signs} since {}", span(age)))
                }
            }
        })
        .collect()
}

/// Whether the master keys open everything, and whether the first one alone is enough.
async fn seals(site: &Site, keys: &[SigningKey]) -> Vec<Finding> {
    let fix = "configure the master key that this database was created with; the database is useless without it";
    // A missing master key is reported with the settings.
    let Ok(masters) = site.master_keys() else { return Vec::new() };
    if let Err(failure) = site.pepper().await {
        return vec![Finding::fail(failure.message(), failure.advice())];
    }
    let closed = keys.iter().filter(|key| masters.open(&aad(&key.kid, key.algorithm), &key.sealed_private).is_err());
    let mut found: Vec<_> =
        closed.map(|key| Finding::fail(format!("the master keys do not open the key {}", key.kid), fix)).collect();
    let of_clients = match site.read(client::store::list_sealed).await {
        Ok(sealed) => sealed,
        Err(failure) => return vec![Finding::fail(failure.message(), failure.advice())],
    };
    let closed = of_clients
        .iter()
        .filter(|(id, client_id, sealed)| masters.open(&client::secret::aad(id, client_id), sealed).is_err());
    found.extend(closed.map(|(_, client_id, _)| {
        Finding::fail(format!("the master keys do not open a secret of the client {client_id}"), fix)
    }));
    let mut seals = keys.iter().map(|key| &key.sealed_private).chain(of_clients.iter().map(|(_, _, sealed)| sealed));
    if seals.any(|sealed| !masters.is_current(sealed)) && found.is_empty() {
        found.push(Finding::warn(
            "some secrets are still sealed under an old master key",
            "run latchkey keys rewrap, then remove the old key",
        ));
    }
    found
}
