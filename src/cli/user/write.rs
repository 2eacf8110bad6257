//! Creating and changing a person.

use super::claims::ClaimFlags;
use super::password::{Source, hasher, reason, weakness};
use super::{Answer, Failure, NAMES, Site, find_person, read_json};
use crate::admin::people::{self, Change};
use crate::admin::{Users, Write};
use crate::model::user::identifier::Identifier;
use crate::model::user::save::Problem;
use crate::protocol::claims::Claims;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(in crate::cli) struct Create {
    /// The user name to sign in with
    username: String,
    #[command(flatten)]
    claims: ClaimFlags,
    /// Claims as a JSON object
    #[arg(long, value_name = "FILE.json")]
    file: Option<PathBuf>,
    /// The subject that applications see; generated when not given
    #[arg(long)]
    sub: Option<String>,
    /// Create the person disabled
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
    #[arg(value_name = "USER", help = NAMES)]
    user: String,
    /// A new user name
    #[arg(long)]
    username: Option<String>,
    #[command(flatten)]
    claims: ClaimFlags,
    /// Claims as a JSON object; null removes a claim
    #[arg(long, value_name = "FILE.json")]
    file: Option<PathBuf>,
}

pub(in crate::cli) async fn create(site: &Site, arguments: Create) -> Result<Answer, Failure> {
    let permit = site.permit::<Write, Users>()?;
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
    let user = people::create(site, &permit, change).await?;
    let user = user.map_err(|problem| refused(&arguments.username, &problem))?;
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
    let (name, id) = (person.name(), &person.user.id);
    let changed = people::update(site, &site.permit::<Write, Users>()?, &person, change).await?;
    let changed = changed.map_err(|problem| refused(name, &problem))?;
    let text = if changed {
        format!("Updated {name}.")
    } else {
        format!("{name} already has these values; nothing was changed.")
    };
    Ok(Answer::new(text, json!({"id": id, "changed": changed})))
}

fn username(text: &str) -> Result<Identifier, Failure> {
    Identifier::new_username(text).map_err(|error| Failure::new(format!("the user name {text:?} {error}")))
}

/// Flags take precedence over the file.
fn claims(flags: &ClaimFlags, file: Option<&PathBuf>) -> Result<Claims, Failure> {
    let mut claims = match file.map(|path| read_json(path)).transpose()? {
        None => Claims::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(Failure::new("the file must contain a JSON object of claims")),
    };
    claims.extend(flags.claims()?);
    Ok(claims)
}

fn refused(name: &str, problem: &Problem) -> Failure {
    Failure::new(format!("{name}: {problem}; nothing was changed")).fix("correct it and try again")
}
