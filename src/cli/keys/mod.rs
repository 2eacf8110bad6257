//! `latchkey keys`: the keys that sign and that others encrypt to, and the seals on what is secret.

mod revoke;

use super::{Answer, Failure, Site, count, rfc3339, span, stamp, table};
use crate::model::client;
use crate::model::event::{self, Event};
use crate::model::factor;
use crate::model::key::sightings::{self, Reader};
use crate::model::key::{KeyAlgorithm, KeyState, Rotation, SigningKey, aad, create, first, store};
use crate::platform::clock::Time;
use crate::platform::crypto::{MasterKeys, OpenError, Sealed};
use crate::platform::db::{Connection, touch};
use crate::platform::random::Random;
use crate::platform::{mail, outbox};
use crate::tokens::ending::BACKCHANNEL_LOGOUT;
use diesel::QueryResult;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Which keys there are, and what each does
    #[command(
        after_help = "Example:\n  latchkey keys list\n\nA published key names the clients that have not yet fetched the JWKS since. That is told by address: a client\nhas seen a key when somebody in the network (/24 or /64) from which its server last authenticated fetched the JWKS.\nNeighbours behind one address, and servers that fetch from elsewhere, are mistaken for one another. Servers write\nit down once a minute; public clients are not counted."
    )]
    List,
    /// Make new keys, published ahead of their use
    #[command(
        after_help = "Examples:\n  latchkey keys rotate\n  latchkey keys rotate --algorithm ES256 --now\n\nWith --now, applications that keep the old JWKS refuse tokens until they fetch it anew.\nFor a key that leaked: latchkey keys revoke."
    )]
    Rotate(Rotate),
    /// Take a leaked key out of use: nothing that it signed verifies any more
    #[command(
        after_help = "Example:\n  latchkey keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n\nAnother key signs at once. People stay signed in here; access tokens that the key signed end."
    )]
    Revoke(revoke::Revoke),
    /// Seal all secrets under the first master key, so that the others can be thrown away
    #[command(
        after_help = "Example:\n  LATCHKEY__KEYS__MASTER_KEY=\"$NEW,$OLD\" latchkey keys rewrap\n\nAfter it, start the servers with the new key alone."
    )]
    Rewrap,
}

#[derive(clap::Args)]
pub(super) struct Rotate {
    /// One algorithm, such as ES256, or RSA-OAEP or ECDH-ES for the keys to encrypt to; without it, all
    #[arg(long, value_name = "ALG", value_parser = parse_algorithm)]
    algorithm: Option<KeyAlgorithm>,
    /// Let the new key sign at once
    #[arg(long)]
    now: bool,
}

fn parse_algorithm(text: &str) -> Result<KeyAlgorithm, String> {
    let known: Vec<_> = KeyAlgorithm::all().map(KeyAlgorithm::as_str).collect();
    KeyAlgorithm::parse(text).ok_or_else(|| format!("must be one of {}", known.join(", ")))
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List => list(site).await,
        Command::Rotate(arguments) => rotate(site, &arguments).await,
        Command::Revoke(arguments) => revoke::revoke(site, &arguments).await,
        Command::Rewrap => rewrap(site).await,
    }
}

async fn list(site: &Site) -> Result<Answer, Failure> {
    let (keys, readers) =
        site.read(|connection| Ok((store::list(connection)?, sightings::store::readers(connection)?))).await?;
    let rows: Vec<_> = keys.iter().map(|key| row(key, site.now())).collect();
    let mut text = match rows.as_slice() {
        [] => "There is no key. `latchkey migrate` makes the first.".to_owned(),
        rows => table(&["KID", "USE", "ALG", "STATE", "CREATED", "WHAT IT DOES"], rows),
    };
    for key in keys.iter().filter(|key| is_news(key)) {
        if let Some(line) = unseen_line(key, &readers) {
            text.push_str(&line);
        }
    }
    let json = keys.iter().map(|key| {
        let mut json = shown(key);
        if let (true, Value::Object(members)) = (is_news(key), &mut json) {
            members.insert("not_seen_by".to_owned(), json!(unseen(key, &readers)));
            members.insert("clients".to_owned(), json!(readers.len()));
        }
        json
    });
    Ok(Answer::new(text, json.collect()))
}

/// Whether it matters that applications fetch it.
fn is_news(key: &SigningKey) -> bool {
    matches!(key.state, KeyState::Pending | KeyState::Active)
}

fn unseen<'a>(key: &SigningKey, readers: &'a [Reader]) -> Vec<&'a str> {
    let unknowing = readers.iter().filter(|reader| !reader.knows(key.created_at));
    unknowing.map(|reader| reader.client_id.as_str()).collect()
}

fn unseen_line(key: &SigningKey, readers: &[Reader]) -> Option<String> {
    const NAMED: usize = 10;
    let unseen = unseen(key, readers);
    let named: Vec<_> = unseen.iter().take(NAMED).copied().collect();
    let more = if unseen.len() > NAMED { ", …" } else { "" };
    let of = format!("{} of {}", unseen.len(), count(readers.len(), "client", "clients"));
    (!unseen.is_empty()).then(|| format!("\n{}: not yet seen by: {}{more} ({of})", key.kid, named.join(", ")))
}

fn row(key: &SigningKey, now: Time) -> Vec<String> {
    let (signs, verifies) = match key.algorithm {
        KeyAlgorithm::Signature(_) => ("signs", "verifies"),
        KeyAlgorithm::Encryption(_) => ("to encrypt to", "decrypts"),
    };
    let does = match (key.state, key.retire_at) {
        (KeyState::Pending, _) => format!("published; {signs} from {}", stamp(key.activate_at)),
        (KeyState::Active, _) => {
            format!("{signs} since {} ({})", stamp(key.activate_at), span(now.since(key.activate_at)))
        }
        (KeyState::Retiring, Some(end)) => format!("{verifies} until {}", stamp(end)),
        (KeyState::Retiring, None) => verifies.to_owned(),
        (KeyState::Retired, _) => "kept for the record".to_owned(),
        (KeyState::Revoked, Some(at)) => format!("revoked at {}", stamp(at)),
        (KeyState::Revoked, None) => "revoked".to_owned(),
    };
    let words = [&key.kid, key.algorithm.key_use(), key.algorithm.as_str(), key.state.as_str()];
    words.into_iter().map(str::to_owned).chain([stamp(key.created_at), does]).collect()
}

fn shown(key: &SigningKey) -> Value {
    json!({
        "kid": key.kid, "use": key.algorithm.key_use(), "alg": key.algorithm.as_str(), "state": key.state.as_str(), "created_at": rfc3339(key.created_at),
        "activate_at": rfc3339(key.activate_at), "retire_at": key.retire_at.map(rfc3339),
    })
}

async fn rotate(site: &Site, arguments: &Rotate) -> Result<Answer, Failure> {
    let rotation = Rotation::of(&site.config);
    let algorithms = arguments.algorithm.map_or_else(|| rotation.algorithms.clone(), |one| vec![one]);
    let mut turned = Vec::new();
    for algorithm in algorithms {
        turned.push(rotate_one(site, &rotation, algorithm, arguments.now).await?);
    }
    site.settle().await;
    let text: Vec<_> = turned.iter().map(|(key, made)| told(key, *made, site.now())).collect();
    Ok(Answer::new(text.join("\n"), turned.iter().map(|(key, _)| shown(key)).collect()))
}

fn told(key: &SigningKey, made: bool, now: Time) -> String {
    let verb = if made { "was made" } else { "was there already" };
    let signs = if key.algorithm.signature().is_some() { "signs" } else { "is the one to encrypt to" };
    let does = if key.activate_at <= now {
        format!("{signs} from now on")
    } else {
        format!("is published, and {signs} from {}", stamp(key.activate_at))
    };
    format!("{}: the key {} {verb}; it {does}.", key.algorithm, key.kid)
}

/// The key that comes next for an algorithm, and whether it was made now. One that waits already is not made twice.
async fn rotate_one(
    site: &Site,
    rotation: &Rotation,
    algorithm: KeyAlgorithm,
    at_once: bool,
) -> Result<(SigningKey, bool), Failure> {
    let (masters, random, now) = (site.master_keys()?, Arc::clone(&site.random), site.now());
    let activate_at = now + rotation.publish_ahead;
    // RSA takes a while: outside the transaction.
    let make = move || create(algorithm, (KeyState::Pending, activate_at), &masters, now, random.as_ref());
    let fresh = tokio::task::spawn_blocking(make).await.map_err(Failure::stopped)?;
    let fresh = fresh.map_err(|error| Failure::new(error.to_string()))?;
    let (waiting, signing) = (rotation.clone(), rotation.clone());
    let (key, made) = site.write(move |tx| turn(tx, &waiting, fresh, false, now)).await?;
    if !at_once {
        return Ok((key, made));
    }
    // Every server shows the key before any of them signs with it.
    site.settle().await;
    let now = site.now();
    let (key, _) = site.write(move |tx| turn(tx, &signing, key, true, now)).await?;
    Ok((key, made))
}

fn turn(
    tx: &mut Connection,
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
        event::store::record(tx, &Event::by_operator("key.created").detail(json!({"kid": key.kid})), now)?;
    }
    if at_once {
        key.activate_at = now;
        store::set_activation(tx, &key.kid, now)?;
        rotation.activate(tx, &key.kid, now)?;
        key.state = KeyState::Active;
        event::store::record(tx, &Event::by_operator("key.activated").detail(json!({"kid": key.kid})), now)?;
    }
    Ok((key, made))
}

async fn rewrap(site: &Site) -> Result<Answer, Failure> {
    let (masters, random, now) = (site.master_keys()?, Arc::clone(&site.random), site.now());
    let id = masters.current_id().to_owned();
    let done = site.write(move |tx| rewrap_all(tx, &masters, random.as_ref(), now)).await?;
    let Rewrapped { changed, current } = done.map_err(|(what, error)| {
        let failure = Failure::new(format!("{what} cannot be opened: {error}; nothing was changed"));
        failure.fix("give the former master key too, after the new one: `NEW,OLD`")
    })?;
    site.settle().await;
    let text = format!(
        "{} sealed anew under the master key {id}; {current} were so already.\nThe other master keys can be thrown away.",
        count(changed, "secret was", "secrets were")
    );
    Ok(Answer::new(text, json!({"master_key": id, "rewrapped": changed, "unchanged": current})))
}

#[derive(Default)]
struct Rewrapped {
    changed: usize,
    current: usize,
}

type Sealing = Result<Rewrapped, (String, OpenError)>;

/// Opens everything before it writes anything.
fn rewrap_all(tx: &mut Connection, masters: &MasterKeys, random: &dyn Random, now: Time) -> QueryResult<Sealing> {
    touch(tx, store::TOPIC)?;
    let (mut rows, mut done) = (Vec::new(), Rewrapped::default());
    for (place, sealed) in sealed_rows(tx)? {
        if masters.is_current(&sealed) {
            done.current = done.current.saturating_add(1);
            continue;
        }
        match masters.rewrap(&place.aad(), &sealed, random) {
            Ok(anew) => rows.push((place, anew)),
            // A letter that nobody can open any more is lost already, and stands in nobody's way.
            Err(_) if matches!(place, Place::Letter(_)) => {}
            Err(error) => return Ok(Err((place.aad(), error))),
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
        event::store::record(tx, &Event::by_operator("keys.rewrapped").detail(json!({"rows": done.changed})), now)?;
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
    let letters = outbox::store::list_sealed(tx, BACKCHANNEL_LOGOUT)?.into_iter();
    rows.extend(letters.map(|(id, payload)| (Place::Letter(id), Sealed::from_stored(payload))));
    Ok(rows)
}
