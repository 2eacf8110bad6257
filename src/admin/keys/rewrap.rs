//! Seals secrets under another master key.

use crate::admin::{Installation, Keys, Permit, Write};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::key::{KeyAlgorithm, aad, first, store};
use crate::model::picture::CLIENT_LOGO;
use crate::model::{client, factor};
use crate::platform::clock::Time;
use crate::platform::crypto::{MasterKeys, OpenError, Sealed};
use crate::platform::db::{Connection, touch};
use crate::platform::error::Unavailable;
use crate::platform::random::Random;
use crate::platform::{mail, outbox};
use crate::tokens::ending::BACKCHANNEL_LOGOUT;
use diesel::QueryResult;
use serde_json::json;
use std::sync::Arc;

/// How many secrets were sealed again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    pub changed: usize,
    /// These were under the first master key already.
    pub current: usize,
}

/// A secret that none of the master keys opens.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be opened: {why}")]
pub struct Unopened {
    what: String,
    why: OpenError,
}

/// Seals all secrets under the first master key. Nothing is changed where one of them cannot be opened.
///
/// # Errors
/// When the store does not confirm.
pub async fn rewrap(
    at: &Installation,
    permit: &Permit<Write, Keys>,
    masters: &Arc<MasterKeys>,
) -> Result<Result<Rewrapped, Unopened>, Unavailable> {
    let (masters, random, actor, now) = (Arc::clone(masters), Arc::clone(&at.random), permit.actor().clone(), at.now());
    at.change(move |tx| rewrap_all(tx, &actor, &masters, random.as_ref(), now)).await
}

type Sealing = Result<Rewrapped, Unopened>;

/// Opens everything before it writes anything.
fn rewrap_all(
    tx: &mut Connection,
    actor: &Actor,
    masters: &MasterKeys,
    random: &dyn Random,
    now: Time,
) -> QueryResult<Sealing> {
    touch(tx, store::TOPIC)?;
    let (mut rows, mut done) = (Vec::new(), Rewrapped::default());
    for (place, sealed) in sealed_rows(tx)? {
        if masters.is_current(&sealed) {
            done.current = done.current.saturating_add(1);
            continue;
        }
        match masters.rewrap(&place.aad(), &sealed, random) {
            Ok(anew) => rows.push((place, anew)),
            // An email that nobody can open any more is lost already, and must not block the rest.
            Err(_) if matches!(place, Place::Letter(_)) => {}
            Err(why) => return Ok(Err(Unopened { what: place.aad(), why })),
        }
    }
    for (place, sealed) in rows {
        match place {
            Place::Key(kid, _) => store::reseal(tx, &kid, &sealed)?,
            Place::Secret(name) => store::reseal_secret(tx, &name, &sealed)?,
            Place::ClientSecret(id, _) => client::store::reseal(tx, &id, &sealed)?,
            Place::Seed(id, _) => factor::store::reseal(tx, &id, &sealed)?,
            Place::Letter(id) => outbox::store::reseal(tx, &id, sealed.as_str())?,
        }
        done.changed = done.changed.saturating_add(1);
    }
    if done.changed > 0 {
        let event = Event::by(actor.clone(), EventKind::KeysRewrapped).detail(json!({"rows": done.changed}));
        event::store::record(tx, &event, now)?;
    }
    Ok(Ok(done))
}

/// Where a sealed value stands.
enum Place {
    Key(String, KeyAlgorithm),
    Secret(String),
    ClientSecret(String, String),
    Seed(String, String),
    Letter(String),
}

impl Place {
    fn aad(&self) -> String {
        match self {
            Self::Key(kid, algorithm) => aad(kid, *algorithm),
            Self::Secret(name) => first::secret_aad(name),
            Self::ClientSecret(id, client_id) => client::secret::aad(id, client_id),
            Self::Seed(id, person_id) => factor::aad(id, person_id),
            Self::Letter(id) => mail::place(id),
        }
    }
}

fn sealed_rows(tx: &mut Connection) -> QueryResult<Vec<(Place, Sealed)>> {
    let keys = store::list(tx)?.into_iter().map(|key| (Place::Key(key.kid, key.algorithm), key.sealed_private));
    let mut rows: Vec<_> = keys.collect();
    for name in store::list_secrets(tx)? {
        let sealed = store::find_secret(tx, &name)?;
        rows.extend(sealed.map(|sealed| (Place::Secret(name), sealed)));
    }
    let of_clients = client::store::list_sealed(tx)?.into_iter();
    rows.extend(of_clients.map(|(id, client_id, sealed)| (Place::ClientSecret(id, client_id), sealed)));
    let of_people = factor::store::list_sealed(tx)?.into_iter();
    rows.extend(of_people.map(|(id, person_id, sealed)| (Place::Seed(id, person_id), sealed)));
    let letters = outbox::store::list_sealed(tx, &[BACKCHANNEL_LOGOUT, CLIENT_LOGO])?.into_iter();
    rows.extend(letters.map(|(id, payload)| (Place::Letter(id), Sealed::from_stored(payload))));
    Ok(rows)
}
