//! `latchkey user import`: each row by itself, whole or not at all.

use super::password::{hasher, reason, weakness};
use super::write::{Change, Stamp, add, alter};
use super::{Answer, Failure, Person, Site, table};
use crate::model::user::identifier::Identifier;
use crate::model::user::store;
use crate::platform::password::{self, Passwords};
use crate::platform::secret::Secret;
use serde_json::{Map, Value, json};

pub(in crate::cli) const EXAMPLE: &str = "\
Example:
  latchkey user import people.json

people.json:
  [{\"username\": \"ada\", \"password\": \"…\", \"name\": \"Ada Lovelace\", \"email\": \"ada@example.org\", \"email_verified\": true},
   {\"username\": \"bob\", \"password_hash\": \"$argon2id$v=19$m=19456,t=2,p=1$…\", \"sub\": \"248289761001\", \"disabled\": true}]

Fields are the standard claims of OpenID Connect, and username, password or password_hash, sub, disabled.
People that exist (by username) are updated. A row with an error is skipped whole; the others are kept, and the exit code is 1.";

/// What became of a row.
struct Row {
    name: String,
    outcome: Result<(&'static str, String), String>,
    warnings: Vec<String>,
}

pub(in crate::cli) async fn run(site: &Site, file: &Value) -> Result<Answer, Failure> {
    let rows = file.as_array().ok_or_else(|| {
        Failure::new("the file must hold a JSON array of people").fix("put the objects between [ and ]")
    })?;
    let passwords = hasher(site)?;
    let mut done = Vec::with_capacity(rows.len());
    for row in rows {
        done.push(import(site, &passwords, row).await?);
    }
    site.settle().await;
    Ok(report(&done))
}

async fn import(site: &Site, passwords: &Passwords, row: &Value) -> Result<Row, Failure> {
    let name = row.get("username").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut warnings = Vec::new();
    let outcome = match read(site, passwords, row, &mut warnings).await {
        Ok(change) => write(site, change).await?,
        Err(reason) => Err(reason),
    };
    Ok(Row { name, outcome, warnings })
}

async fn write(site: &Site, change: Change) -> Result<Result<(&'static str, String), String>, Failure> {
    let stamp = Stamp::new(site);
    let written = site.write(move |tx| {
        let known = match &change.username {
            Some(username) => store::find_by_identifiers(tx, std::slice::from_ref(username))?,
            None => None,
        };
        match Person::of(tx, known.into_iter().collect())?.into_iter().next() {
            None => Ok(add(tx, &change, &stamp)?.map(|user| ("created", user.sub))),
            Some(person) => {
                let word = |changed| if changed { "updated" } else { "unchanged" };
                Ok(alter(tx, &person, &change, &stamp)?.map(|changed| (word(changed), person.user.sub)))
            }
        }
    });
    Ok(written.await?.map_err(|problem| problem.to_string()))
}

/// Turns a row into a change; the password is hashed on the way.
async fn read(site: &Site, passwords: &Passwords, row: &Value, warnings: &mut Vec<String>) -> Result<Change, String> {
    let mut claims = row.as_object().cloned().ok_or("is not a JSON object")?;
    let username = text(&mut claims, "username")?.ok_or("has no username")?;
    let username = Identifier::username(&username).map_err(|error| format!("the username {error}"))?;
    let (password, hash) = (text(&mut claims, "password")?, text(&mut claims, "password_hash")?);
    let phc = match (password.map(Secret::new), hash) {
        (Some(_), Some(_)) => return Err("has both password and password_hash: give one".to_owned()),
        (None, hash) => hash.map(checked).transpose()?,
        (Some(password), None) => {
            let email = claims.get("email").and_then(Value::as_str).unwrap_or_default();
            warnings.extend(weakness(password.expose(), &[&username.value, email], &site.config.password));
            Some(passwords.hash(&password).await.map_err(|error| reason(&error))?)
        }
    };
    let sub = text(&mut claims, "sub")?;
    let disabled = match claims.remove("disabled") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(disabled)) => Some(disabled),
        Some(_) => return Err("disabled must be true or false".to_owned()),
    };
    Ok(Change { username: Some(username), claims, sub, phc, disabled })
}

fn text(row: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match row.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} must be text")),
    }
}

fn checked(phc: String) -> Result<Secret<String>, String> {
    password::import(&Value::String(phc), None).map_err(|error| format!("password_hash: {error}"))
}

fn report(rows: &[Row]) -> Answer {
    let of = |word: &str| rows.iter().filter(|row| row.outcome.as_ref().is_ok_and(|(done, _)| *done == word)).count();
    let failed: Vec<_> =
        rows.iter().enumerate().filter_map(|(index, row)| Some((index, row, row.outcome.as_ref().err()?))).collect();
    let mut text = format!(
        "{} created, {} updated, {} unchanged, {} refused.\n",
        of("created"),
        of("updated"),
        of("unchanged"),
        failed.len()
    );
    if !failed.is_empty() {
        let lines: Vec<_> = failed
            .iter()
            .map(|(index, row, reason)| vec![index.to_string(), row.name.clone(), (*reason).clone()])
            .collect();
        text.push_str(&table(&["ROW", "USERNAME", "WHY NOT"], &lines));
        text.push_str(&format!(
            "Correct {} (counted from 0) and import the file again: what was imported stays as it is.",
            if failed.len() == 1 { "this row" } else { "these rows" }
        ));
    }
    let warnings = rows.iter().enumerate().flat_map(|(index, row)| {
        row.warnings.iter().map(move |warning| format!("row {index} ({}): {warning}", row.name))
    });
    let json = json!({"created": of("created"), "updated": of("updated"), "unchanged": of("unchanged"), "failed": failed.len(), "rows": rows.iter().enumerate().map(row_json).collect::<Vec<_>>()});
    Answer { failed: !failed.is_empty(), ..Answer::new(text, json).warn(warnings.collect::<Vec<_>>()) }
}

fn row_json((index, row): (usize, &Row)) -> Value {
    match &row.outcome {
        Ok((done, sub)) => {
            json!({"index": index, "username": row.name, "outcome": done, "sub": sub, "warnings": row.warnings})
        }
        Err(reason) => json!({"index": index, "username": row.name, "outcome": "failed", "error": reason}),
    }
}
