//! A row as it is read: what it asks for, or why it is not taken.

use super::source::{Fields, Format, Source};
use super::{Change, Failure, weakness};
use crate::model::credential;
use crate::model::user::identifier::Identifier;
use crate::platform::config;
use crate::platform::password::{self, FirebaseProject};
use crate::platform::secret::Secret;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use tokio::sync::mpsc::{Receiver, channel};

/// So many rows are read ahead.
const AHEAD: usize = 500;

/// What a row asks for.
pub(super) struct Draft {
    pub(super) username: Identifier,
    pub(super) change: Change,
    /// To be hashed.
    pub(super) password: Option<Secret<String>>,
    /// The digest of the hash that the row brings.
    pub(super) imported: Option<String>,
}

/// A row of the file.
pub(super) struct Row {
    /// From 0.
    pub(super) index: u64,
    /// From 1.
    pub(super) line: u64,
    /// The user name as it is written, if it is text.
    pub(super) name: String,
    pub(super) outcome: Result<Draft, String>,
    pub(super) warnings: Vec<String>,
}

/// The rows of a file, read by a thread of their own.
pub(super) struct Rows {
    pub(super) digest: Option<String>,
    rows: Receiver<Result<Row, Failure>>,
    failed: Option<Failure>,
}

impl Rows {
    /// Rows from the one with the number `done` on; the earlier ones are read as well, for names that come twice.
    pub(super) fn read(
        source: Source,
        firebase: Option<FirebaseProject>,
        rules: config::Password,
        done: i64,
    ) -> Result<Self, Failure> {
        let (sender, rows) = channel(AHEAD);
        let digest = source.digest.clone();
        let mut reader = Reader { firebase, rules, format: source.format, seen: HashMap::new() };
        let done = u64::try_from(done).unwrap_or_default();
        let work = move || {
            let mut index = 0;
            let read = source.read(&mut |line, fields| {
                let row = reader.row(index, line, fields, index >= done);
                index = index.saturating_add(1);
                index <= done || sender.blocking_send(Ok(row)).is_ok()
            });
            if let Err(failure) = read {
                let _ = sender.blocking_send(Err(failure));
            }
        };
        let started = std::thread::Builder::new().name("import".to_owned()).spawn(work);
        started.map_err(|error| Failure::new(format!("the file cannot be read: {error}")))?;
        Ok(Self { digest, rows, failed: None })
    }

    /// Up to so many rows; `None` after the last. What cannot be read is told after the rows before it.
    pub(super) async fn next(&mut self, most: usize) -> Result<Option<Vec<Row>>, Failure> {
        let mut batch = Vec::with_capacity(most);
        while self.failed.is_none() && batch.len() < most {
            match self.rows.recv().await {
                Some(Ok(row)) => batch.push(row),
                Some(Err(failure)) => self.failed = Some(failure),
                None => break,
            }
        }
        match self.failed.take() {
            Some(failure) if batch.is_empty() => Err(failure),
            failed => {
                self.failed = failed;
                Ok(Some(batch).filter(|batch| !batch.is_empty()))
            }
        }
    }
}

struct Reader {
    firebase: Option<FirebaseProject>,
    rules: config::Password,
    format: Format,
    /// User names and addresses, by a digest, and the line or row that they stand in.
    seen: HashMap<u128, u64>,
}

impl Reader {
    fn row(&mut self, index: u64, line: u64, fields: Fields, is_new: bool) -> Row {
        let name = fields.as_ref().ok().and_then(|fields| fields.get("username")).and_then(Value::as_str);
        let (name, mut warnings) = (name.unwrap_or_default().to_owned(), Vec::new());
        let place = if self.format == Format::Json { index.saturating_add(1) } else { line };
        let outcome = fields
            .and_then(|fields| self.draft(fields, if is_new { Some(&mut warnings) } else { None }))
            .and_then(|draft| self.alone(draft, place, &mut warnings));
        Row { index, line, name, outcome, warnings }
    }

    fn draft(&self, mut claims: Map<String, Value>, warnings: Option<&mut Vec<String>>) -> Result<Draft, String> {
        let username = text(&mut claims, "username")?.ok_or("has no username")?;
        let username = Identifier::username(&username).map_err(|error| format!("the username {error}"))?;
        let (password, hash) = (text(&mut claims, "password")?, claims.remove("password_hash"));
        let hash = hash.filter(|hash| !hash.is_null());
        if password.is_some() && hash.is_some() {
            return Err("has both password and password_hash: give one".to_owned());
        }
        let phc = hash.map(|hash| password::import(&hash, self.firebase.as_ref())).transpose();
        let phc = phc.map_err(|error| format!("password_hash: {error}"))?;
        if let (Some(password), Some(warnings)) = (&password, warnings) {
            let email = claims.get("email").and_then(Value::as_str).unwrap_or_default();
            warnings.extend(weakness(password, &[&username.value, email], &self.rules));
        }
        let sub = text(&mut claims, "sub")?;
        let disabled = match claims.remove("disabled") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(disabled)) => Some(disabled),
            Some(_) => return Err("disabled must be true or false".to_owned()),
        };
        let imported = phc.as_ref().map(|kept| credential::digest(kept.expose()));
        let change = Change { username: Some(username.clone()), claims, sub, phc, disabled };
        Ok(Draft { username, change, password: password.map(Secret::new), imported })
    }

    /// Whether the file names this person or address for the first time. In an array, where later rows may change
    /// earlier ones, a user name that comes again is told of only.
    fn alone(&mut self, draft: Draft, place: u64, warnings: &mut Vec<String>) -> Result<Draft, String> {
        let name = key("username", &draft.username.folded);
        let email = draft.change.claims.get("email").and_then(Value::as_str);
        let email = email.and_then(|email| Identifier::email(email).ok());
        let address = email.as_ref().map(|email| key("email", &email.folded));
        let again = self.seen.get(&name).copied();
        if self.format == Format::Json {
            warnings.extend(again.map(|row| format!("changes what row {row} says of the same user name")));
        } else if let Some(line) = again {
            return Err(format!("the username {} stands in line {line} already", draft.username.value));
        } else if let Some(line) = address.and_then(|address| self.seen.get(&address)) {
            return Err(format!(
                "the email {} stands in line {line} already",
                email.map(|e| e.value).unwrap_or_default()
            ));
        }
        self.seen.insert(name, place);
        self.seen.extend(address.map(|address| (address, place)));
        Ok(draft)
    }
}

fn key(kind: &str, folded: &str) -> u128 {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(folded).finalize();
    digest.first_chunk::<16>().map(|bytes| u128::from_le_bytes(*bytes)).unwrap_or_default()
}

fn text(row: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match row.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} must be text")),
    }
}
