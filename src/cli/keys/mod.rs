//! `latchkey keys`: signing keys, encryption keys, and the sealing of secrets.

use super::{Answer, Failure, Site, count, rfc3339, span, stamp, table};
use crate::admin::keys::{self, Failed, Revoked, Rewrapped};
use crate::admin::{Delete, Keys, Read, Write};
use crate::model::key::sightings::Reader;
use crate::model::key::{KeyAlgorithm, KeyState, Rotation, SigningKey};
use crate::platform::clock::Time;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List all keys and what each is used for
    #[command(
        after_help = "Example:\n  latchkey keys list\n\nFor a published key, the clients that have not fetched the JWKS since are listed. This is judged by address: a client\nhas seen a key when the JWKS was fetched from the network (/24 or /64) from which the client last authenticated.\nClients that share an address, or fetch from another one, cannot be told apart. Servers record this once a minute;\npublic clients are not counted."
    )]
    List,
    /// Create new keys, published before they are used
    #[command(
        after_help = "Examples:\n  latchkey keys rotate\n  latchkey keys rotate --algorithm ES256 --now\n\nWith --now, applications that keep the old JWKS refuse tokens until they fetch it again.\nFor a key that leaked: latchkey keys revoke."
    )]
    Rotate(Rotate),
    /// Revoke a leaked key: nothing that it signed is valid any more
    #[command(
        after_help = "Example:\n  latchkey keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n\nAnother key takes over at once. People stay signed in here; access tokens signed by the revoked key stop working."
    )]
    Revoke(Revoke),
    /// Seal all secrets under the first master key, so that the others can be removed
    #[command(
        after_help = "Example:\n  LATCHKEY__KEYS__MASTER_KEY=\"$NEW,$OLD\" latchkey keys rewrap\n\nThen start the servers with the new key only."
    )]
    Rewrap,
}

#[derive(clap::Args)]
pub(super) struct Rotate {
    /// An algorithm, such as ES256, or RSA-OAEP or ECDH-ES for encryption keys [default: all]
    #[arg(long, value_name = "ALG", value_parser = parse_algorithm)]
    algorithm: Option<KeyAlgorithm>,
    /// Use the new key at once
    #[arg(long)]
    now: bool,
}

#[derive(clap::Args)]
pub(super) struct Revoke {
    /// The key's id, as `keys list` shows it
    // One in 64 thumbprints begins with a hyphen.
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
}

fn parse_algorithm(text: &str) -> Result<KeyAlgorithm, String> {
    let known: Vec<_> = KeyAlgorithm::all().map(KeyAlgorithm::as_str).collect();
    KeyAlgorithm::parse(text).ok_or_else(|| format!("must be one of {}", known.join(", ")))
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List => list(site).await,
        Command::Rotate(arguments) => rotate(site, &arguments).await,
        Command::Revoke(arguments) => revoke(site, &arguments).await,
        Command::Rewrap => rewrap(site).await,
    }
}

async fn list(site: &Site) -> Result<Answer, Failure> {
    let (keys, readers) = keys::list(site, &site.permit::<Read, Keys>()?).await?;
    let rows: Vec<_> = keys.iter().map(|key| row(key, site.now())).collect();
    let mut text = match rows.as_slice() {
        [] => "There are no keys. `latchkey migrate` creates the first.".to_owned(),
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

/// Whether applications have to fetch it.
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
        KeyAlgorithm::Encryption(_) => ("encrypts", "decrypts"),
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
    let configured = Rotation::of(&site.config).algorithms;
    let algorithms = arguments.algorithm.map_or(configured, |one| vec![one]);
    let (permit, masters) = (site.permit::<Write, Keys>()?, site.master_keys()?);
    let mut turned = Vec::new();
    for algorithm in algorithms {
        turned.push(keys::rotate(site, &permit, &masters, algorithm, arguments.now).await?);
    }
    let text: Vec<_> = turned.iter().map(|(key, made)| told(key, *made, site.now())).collect();
    Ok(Answer::new(text.join("\n"), turned.iter().map(|(key, _)| shown(key)).collect()))
}

fn told(key: &SigningKey, made: bool, now: Time) -> String {
    let verb = if made { "was created" } else { "already existed" };
    let signs = if key.algorithm.signature().is_some() { "signs" } else { "is used for encryption" };
    let does = if key.activate_at <= now {
        format!("{signs} from now on")
    } else {
        format!("is published, and {signs} from {}", stamp(key.activate_at))
    };
    format!("{}: the key {} {verb}; it {does}.", key.algorithm, key.kid)
}

async fn revoke(site: &Site, arguments: &Revoke) -> Result<Answer, Failure> {
    let (permit, kid) = (site.permit::<Delete, Keys>()?, &arguments.kid);
    let masters = site.master_keys();
    let revoked = match keys::revoke(site, &permit, masters.as_ref().ok(), kid).await {
        Err(Failed::NoMasterKey) => return Err(masters.err().unwrap_or_else(|| Failure::new("no master key"))),
        outcome => outcome?,
    };
    let revoked = revoked.ok_or_else(|| {
        Failure::new(format!("there is no key {kid}")).fix("`latchkey keys list` shows the ids of all keys")
    })?;
    let json = json!({ "revoked": shown(&revoked.key), "successor": revoked.successor.as_ref().map(shown) });
    Ok(Answer::new(revocation(&revoked), json))
}

fn revocation(revoked: &Revoked) -> String {
    let key = &revoked.key;
    if revoked.was_so {
        return format!("{}: the key {} was already revoked.", key.algorithm, key.kid);
    }
    let loss = match key.algorithm.key_use() {
        "enc" => "Data encrypted with it can no longer be read",
        _ => "Signatures made with it are no longer valid",
    };
    let first = format!("{}: the key {} was removed from the JWKS. {loss}.", key.algorithm, key.kid);
    match &revoked.successor {
        Some(next) => format!(
            "{first}\n{} takes over at once. Applications that cache the old JWKS refuse new tokens, and accept old ones, \
             until they fetch it again.",
            next.kid
        ),
        None => first,
    }
}

async fn rewrap(site: &Site) -> Result<Answer, Failure> {
    let masters = site.master_keys()?;
    let id = masters.current_id().to_owned();
    let Rewrapped { changed, current } =
        keys::rewrap(site, &site.permit::<Write, Keys>()?, &masters).await?.map_err(|unopened| {
            let failure = Failure::new(format!("{unopened}; nothing was changed"));
            failure.fix("also give the old master key, after the new one: `NEW,OLD`")
        })?;
    let text = format!(
        "{} sealed again under the master key {id}; {current} already were.\n\
         No other master key is needed any more: start the servers with this one only.",
        count(changed, "secret was", "secrets were")
    );
    Ok(Answer::new(text, json!({"master_key": id, "rewrapped": changed, "unchanged": current})))
}
