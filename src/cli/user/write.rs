//! Creating and changing a person, for the commands and for import alike.

use super::claims::ClaimFlags;
use super::password::{Source, hasher, reason, weakness};
use super::standing::{let_in, shut_out};
use super::{Answer, Closing, Failure, Person, Site, find_person, read_json};
use crate::model::credential;
use crate::model::event::{self, Event};
use crate::model::user::identifier::Identifier;
use crate::model::user::save::{self, Problem, patched};
use crate::model::user::store::NewUser;
use crate::model::user::{User, UserStatus, schema};
use crate::platform::clock::Time;
use crate::platform::config::Profile;
use crate::platform::db::Connection;
use crate::platform::secret::Secret;
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(clap::Args)]
pub(in crate::cli) struct Create {
    /// What the person signs in with
    username: String,
    #[command(flatten)]
    claims: ClaimFlags,
    /// Claims as a JSON object
    #[arg(long, value_name = "FILE.json")]
    file: Option<PathBuf>,
    /// The subject that applications see; made when not given
    #[arg(long)]
    sub: Option<String>,
    /// The person may not sign in yet
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    password: Source,
    /// Set no password
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
}

#[derive(clap::Args)]
pub(in crate::cli) struct Update {
    /// User name, email, sub or id
    user: String,
    /// A new user name
    #[arg(long)]
    username: Option<String>,
    #[command(flatten)]
    claims: ClaimFlags,
    /// Claims as a JSON object; null removes one
    #[arg(long, value_name = "FILE.json")]
    file: Option<PathBuf>,
}

/// What is to be true of a person afterwards.
#[derive(Clone, Default)]
pub(in crate::cli) struct Change {
    /// A user name to sign in with.
    pub(in crate::cli) username: Option<Identifier>,
    /// Claims that change; `null` removes.
    pub(in crate::cli) claims: Claims,
    /// The subject, which never changes.
    pub(in crate::cli) sub: Option<String>,
    /// A hashed password.
    pub(in crate::cli) phc: Option<Secret<String>>,
    /// Whether the person is shut out.
    pub(in crate::cli) disabled: Option<bool>,
}

/// Ids and time for one write.
#[derive(Clone)]
pub(in crate::cli) struct Stamp {
    pub(in crate::cli) id: String,
    pub(in crate::cli) credential: String,
    pub(in crate::cli) sub: String,
    now: Time,
    closing: Closing,
    pub(in crate::cli) profile: Arc<Profile>,
}

impl Stamp {
    pub(in crate::cli) fn new(site: &Site) -> Self {
        let bytes = crate::platform::random::bytes::<16>(site.random.as_ref());
        let sub = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
        let (now, id, credential) = (site.now(), site.new_id(), site.new_id());
        let profile = Arc::clone(&site.config.profile);
        Self { id, credential, sub, now, closing: Closing::at(site, now), profile }
    }
}

/// Adds a person.
pub(in crate::cli) fn add(tx: &mut Connection, change: &Change, stamp: &Stamp) -> QueryResult<Result<User, Problem>> {
    let now = stamp.now;
    let mut patch = change.claims.clone();
    name_after(&mut patch, change.username.as_ref(), None);
    let claims = patched(&Claims::new(), &patch, now);
    if let Err(problem) = schema::check(&stamp.profile, &patch) {
        return Ok(Err(problem));
    }
    let status = if change.disabled == Some(true) { UserStatus::Disabled } else { UserStatus::Active };
    let new = NewUser { id: &stamp.id, sub: change.sub.as_deref().unwrap_or(&stamp.sub), claims: &claims, status };
    let user = match save::store::create(tx, &new, change.username.as_ref(), now)? {
        Ok(user) => user,
        Err(problem) => return Ok(Err(problem)),
    };
    event::store::record(tx, &Event::by_operator("user.created").person(&user.id), now)?;
    if let Some(phc) = &change.phc {
        credential::store::set_password(tx, &stamp.credential, &user.id, phc.expose(), now)?;
    }
    Ok(Ok(user))
}

/// Changes a person; true when something changed.
pub(in crate::cli) fn alter(
    tx: &mut Connection,
    person: &Person,
    change: &Change,
    stamp: &Stamp,
) -> QueryResult<Result<bool, Problem>> {
    let (user, now) = (&person.user, stamp.now);
    if change.sub.as_ref().is_some_and(|sub| *sub != user.sub) {
        return Ok(Err(Problem::SubChanges { is: user.sub.clone() }));
    }
    let mut patch = change.claims.clone();
    name_after(&mut patch, change.username.as_ref(), Some(person));
    if let Err(problem) = schema::check(&stamp.profile, &patch) {
        return Ok(Err(problem));
    }
    let claims = patched(&user.claims, &patch, now);
    let mut changed = match save::store::update(tx, user, change.username.as_ref(), &claims, now)? {
        Ok(changed) => changed,
        Err(problem) => return Ok(Err(problem)),
    };
    if changed {
        event::store::record(tx, &Event::by_operator("user.updated").person(&user.id), now)?;
    }
    if let Some(phc) = &change.phc {
        credential::store::set_password(tx, &stamp.credential, &user.id, phc.expose(), now)?;
        event::store::record(tx, &Event::by_operator("user.password_set").person(&user.id), now)?;
        changed = true;
    }
    match change.disabled {
        Some(true) if user.is_active() => drop(shut_out(tx, &user.id, &stamp.closing)?),
        Some(false) if !user.is_active() => let_in(tx, &user.id, now)?,
        _ => return Ok(Ok(changed)),
    }
    Ok(Ok(true))
}

/// `preferred_username` follows the user name, unless the change sets it or it was another before.
pub(in crate::cli) fn name_after(patch: &mut Claims, username: Option<&Identifier>, before: Option<&Person>) {
    let Some(username) = username.filter(|_| !patch.contains_key("preferred_username")) else { return };
    let followed = before.is_none_or(|person| {
        let shown = person.user.text("preferred_username");
        shown.is_none() || shown == person.identifier("username").map(|held| held.value.as_str())
    });
    if followed {
        patch.insert("preferred_username".to_owned(), username.value.clone().into());
    }
}

pub(in crate::cli) async fn create(site: &Site, arguments: Create) -> Result<Answer, Failure> {
    let mut change = Change {
        username: Some(username(&arguments.username)?),
        claims: claims(&arguments.claims, arguments.file.as_ref())?,
        sub: arguments.sub,
        phc: None,
        disabled: Some(arguments.disabled),
    };
    let mut warnings = Vec::new();
    if !arguments.no_password {
        let password = arguments.password.read().map_err(offer_none)?;
        let email = change.claims.get("email").and_then(Value::as_str).unwrap_or_default();
        warnings.extend(weakness(password.expose(), &[&arguments.username, email], &site.config.password));
        change.phc = Some(hasher(site)?.hash(&password).await.map_err(|error| Failure::new(reason(&error)))?);
    }
    let stamp = Stamp::new(site);
    let user = site.write(move |tx| add(tx, &change, &stamp)).await?;
    let user = user.map_err(|problem| refused(&arguments.username, &problem))?;
    site.settle().await;
    let text = format!("Created {} with the sub {}.", arguments.username, user.sub);
    Ok(Answer::new(text, json!({"id": user.id, "sub": user.sub, "username": arguments.username})).warn(warnings))
}

fn offer_none(failure: Failure) -> Failure {
    if std::io::stdin().is_terminal() {
        failure
    } else {
        failure.fix("add --password-stdin, or --no-password to set none")
    }
}

pub(in crate::cli) async fn update(site: &Site, arguments: Update) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.user).await?;
    let change = Change {
        username: arguments.username.as_deref().map(username).transpose()?,
        claims: claims(&arguments.claims, arguments.file.as_ref())?,
        ..Change::default()
    };
    if change.username.is_none() && change.claims.is_empty() {
        return Err(Failure::usage("nothing to change was given").fix("see `latchkey user update --help`"));
    }
    let (name, id, stamp) = (person.name().to_owned(), person.user.id.clone(), Stamp::new(site));
    let changed = site.write(move |tx| alter(tx, &person, &change, &stamp)).await?;
    let changed = changed.map_err(|problem| refused(&name, &problem))?;
    site.settle().await;
    let text = if changed { format!("Updated {name}.") } else { format!("{name} is so already; nothing was changed.") };
    Ok(Answer::new(text, json!({"id": id, "changed": changed})))
}

fn username(text: &str) -> Result<Identifier, Failure> {
    Identifier::username(text).map_err(|error| Failure::new(format!("the user name {text:?} {error}")))
}

/// Flags above the file.
fn claims(flags: &ClaimFlags, file: Option<&PathBuf>) -> Result<Claims, Failure> {
    let mut claims = match file.map(|path| read_json(path)).transpose()? {
        None => Claims::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(Failure::new("the file must hold a JSON object of claims")),
    };
    claims.extend(flags.claims()?);
    Ok(claims)
}

fn refused(name: &str, problem: &Problem) -> Failure {
    Failure::new(format!("{name}: {problem}")).fix("nothing was changed; correct it and try again")
}
