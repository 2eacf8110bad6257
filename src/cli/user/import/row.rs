//! Rows as they are read: the requested change, or the error.

use super::columns::Known;
use super::from::{Person, Record, System};
use super::notes::{self, Kind, Note, Notes};
use super::source::{Fields, Format, Source};
use super::{Change, Failure, switch, weakness};
use crate::model::credential;
use crate::model::user::identifier::Identifier;
use crate::model::user::schema;
use crate::platform::clock::Time;
use crate::platform::config::{self, FieldKind, Profile};
use crate::platform::password::{self, FirebaseProject};
use crate::platform::secret::Secret;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{Receiver, channel};

/// Rows that are read ahead.
const AHEAD: usize = 500;

/// The change that a row requests.
pub(super) struct Draft {
    pub(super) username: Identifier,
    pub(super) change: Change,
    /// A plain password, not hashed yet.
    pub(super) password: Option<Secret<String>>,
    /// The digest of the row's password hash.
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
    /// Notes that are counted over all people.
    pub(super) notes: Vec<Kind>,
}

/// The rules for rows.
pub(super) struct Rules {
    pub(super) system: Option<System>,
    pub(super) firebase: Option<FirebaseProject>,
    pub(super) password: config::Password,
    pub(super) profile: Arc<Profile>,
    pub(super) now: Time,
}

/// The rows of a file, read by a separate thread.
pub(super) struct Rows {
    pub(super) digest: Option<String>,
    /// Notes about the file.
    notes: Arc<Mutex<Notes>>,
    rows: Receiver<Result<Row, Failure>>,
    failed: Option<Failure>,
}

impl Rows {
    /// Rows from number `done` on; earlier ones are read as well, to find repeated names.
    pub(super) fn read(source: Source, rules: Rules, done: i64) -> Result<Self, Failure> {
        let (sender, rows) = channel(AHEAD);
        let digest = source.digest.clone();
        let (known, notes) = (Known::of(&rules.profile), Arc::<Mutex<Notes>>::default());
        let (told, format) = (Arc::clone(&notes), source.format);
        let mut reader = Reader { rules, known, format, seen: HashMap::new(), columns: HashSet::new(), told };
        let done = u64::try_from(done).unwrap_or_default();
        let work = move || {
            let mut index = 0;
            let read = source.read(&mut |line, fields| {
                let Some(person) = reader.person(fields) else { return true };
                let row = reader.row(index, line, person, index >= done);
                index = index.saturating_add(1);
                index <= done || sender.blocking_send(Ok(row)).is_ok()
            });
            if let Err(failure) = read {
                let _ = sender.blocking_send(Err(failure));
            }
        };
        let started = std::thread::Builder::new().name("import".to_owned()).spawn(work);
        started.map_err(|error| Failure::new(format!("cannot read the file: {error}")))?;
        Ok(Self { digest, notes, rows, failed: None })
    }

    /// Notes about the file as a whole, once it is read.
    pub(super) fn notes(&self) -> Notes {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Up to this many rows; `None` after the last. An error is returned after the rows before it.
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
    rules: Rules,
    known: Known,
    format: Format,
    /// User names and addresses, by digest, with their line or row.
    seen: HashMap<u128, u64>,
    /// Columns that were reported.
    columns: HashSet<String>,
    told: Arc<Mutex<Notes>>,
}

impl Reader {
    /// The fields of a person; `None` for other records.
    fn person(&mut self, fields: Fields) -> Option<Result<Person, String>> {
        let fields = match (fields, self.rules.system) {
            (Ok(record), Some(system)) => match system.read(record, self.rules.now) {
                Record::Person(person) => return Some(Ok(person)),
                Record::Wrong(why) => return Some(Err(why)),
                Record::Other(kind) => {
                    self.tell(Kind::Other(kind), "");
                    return None;
                }
            },
            (fields, _) => fields,
        };
        Some(fields.map(|fields| Person { fields, ..Person::default() }))
    }

    fn tell(&self, kind: Kind, name: &str) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).add(kind, name);
    }

    fn row(&mut self, index: u64, line: u64, person: Result<Person, String>, is_new: bool) -> Row {
        let name = person.as_ref().ok().and_then(|person| person.fields.get("username")).and_then(Value::as_str);
        let (name, mut warnings, mut notes) = (name.unwrap_or_default().to_owned(), Vec::new(), Vec::new());
        let place = if self.format == Format::Json { index.saturating_add(1) } else { line };
        let outcome = person
            .and_then(|mut person| {
                self.columns(&mut person, &mut notes);
                warnings.append(&mut person.warnings);
                self.fit(&mut person.fields, &mut warnings);
                let draft = self.draft(person.fields, &mut warnings)?;
                if self.rules.system.is_some() {
                    notes.extend(standing(&draft));
                }
                Ok(draft)
            })
            .and_then(|draft| self.alone(draft, place, &mut warnings));
        if !is_new {
            warnings.clear();
        }
        Row { index, line, name, outcome, warnings, notes }
    }

    /// Counts the reader's notes, and each unknown column once.
    fn columns(&mut self, person: &mut Person, notes: &mut Vec<Kind>) {
        for note in std::mem::take(&mut person.notes) {
            match note {
                Note::Temporary => notes.push(Kind::Temporary),
                Note::Factor(kind) => notes.push(Kind::Factor(kind)),
                Note::Elsewhere(provider) => notes.push(Kind::Elsewhere(provider)),
                Note::Rights => notes.push(Kind::Rights),
                Note::Action(action) => notes.push(Kind::Action(action)),
                Note::Left(name) => self.column(&name, notes::left),
                Note::Attribute(name, value) => match self.rules.profile.of_claim(&name) {
                    Some(field) => {
                        let value =
                            if field.kind == FieldKind::List { value } else { value.get(0).cloned().unwrap_or(value) };
                        person.fields.insert(name, value);
                    }
                    None => self.column(&name, notes::left),
                },
            }
        }
        let unknown = |(name, value): (&String, &Value)| match value {
            _ if !self.known.has(name) => vec![name.clone()],
            Value::Object(members) if name == "address" => {
                let paths = members.keys().map(|member| format!("address.{member}"));
                paths.filter(|path| !self.known.has(path)).collect()
            }
            _ => Vec::new(),
        };
        let unknown: Vec<String> = person.fields.iter().flat_map(unknown).collect();
        unknown.iter().for_each(|name| self.column(name, notes::claim));
    }

    fn column(&mut self, name: &str, kind: fn(&str, &Known) -> Kind) {
        if self.columns.len() < 100 && self.columns.insert(name.to_owned()) {
            self.tell(kind(name, &self.known), "");
        }
    }

    /// Converts cells to the types of the operator's fields. In another system's records, a claim of the wrong
    /// type is skipped with a warning, so that a bad picture does not cost anyone their account; characters of
    /// a name that nobody sees are left out with one.
    fn fit(&self, fields: &mut Map<String, Value>, warnings: &mut Vec<String>) {
        // JSON is typed.
        let is_text = self.format == Format::Csv || self.rules.system.is_some();
        for field in self.rules.profile.fields.iter().filter(|field| is_text && !field.is_standard) {
            if let Some(Value::String(text)) = fields.get(&field.claim) {
                let value = match field.kind {
                    FieldKind::Boolean => switch::word(text).map(Value::from),
                    FieldKind::Number => text.trim().parse::<i64>().ok().map(Value::from),
                    _ => None,
                };
                if let Some(value) = value {
                    fields.insert(field.claim.clone(), value);
                }
            }
        }
        for name in ["email_verified", "phone_number_verified", "disabled"] {
            // MySQL and SQLite have no booleans.
            if let Some(value) = fields.get(name).filter(|value| value.is_number()).and_then(switch::read) {
                fields.insert(name.to_owned(), value.into());
            }
        }
        for name in schema::leave_out_unseen(&self.rules.profile, fields) {
            warnings.push(format!(
                "the claim {name} contains characters that are invisible, or that change the direction of writing: they are left out"
            ));
        }
        if self.rules.system.is_none() {
            return;
        }
        fields.retain(|name, value| match schema::check_claim(&self.rules.profile, name, value) {
            Ok(()) => true,
            Err(problem) => {
                warnings.push(format!("{problem}: not imported"));
                false
            }
        });
        let is_address = |text: &str| Identifier::email(text).map_err(|error| format!("the email {text} {error}"));
        if let Some(Err(problem)) = fields.get("email").and_then(Value::as_str).map(is_address) {
            warnings.push(format!("{problem}: not imported"));
            fields.remove("email");
            fields.remove("email_verified");
        }
    }

    fn draft(&self, mut claims: Map<String, Value>, warnings: &mut Vec<String>) -> Result<Draft, String> {
        let username = text(&mut claims, "username")?.ok_or("has no username")?;
        let username = Identifier::username(&username).map_err(|error| format!("the username {error}"))?;
        let (password, hash) = (text(&mut claims, "password")?, claims.remove("password_hash"));
        let hash = hash.filter(|hash| !hash.is_null());
        if password.is_some() && hash.is_some() {
            return Err("has both password and password_hash: only one is allowed".to_owned());
        }
        let phc = self.hash(hash, warnings)?;
        if let Some(password) = &password {
            let email = claims.get("email").and_then(Value::as_str).unwrap_or_default();
            warnings.extend(weakness(password, &[&username.value, email], &self.rules.password));
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

    /// An unusable hash refuses the row, so that the file can be corrected. A person from another system
    /// is imported without a password instead, unless the project's parameters are missing.
    fn hash(&self, hash: Option<Value>, warnings: &mut Vec<String>) -> Result<Option<Secret<String>>, String> {
        let Some(hash) = hash else { return Ok(None) };
        let needs_project = self.rules.system == Some(System::Firebase) && self.rules.firebase.is_none();
        match password::import(&hash, self.rules.firebase.as_ref()) {
            Ok(phc) => Ok(Some(phc)),
            Err(error) if self.rules.system.is_some() && !needs_project => {
                warnings.push(error.to_string());
                Ok(None)
            }
            Err(error) => Err(format!("password_hash: {error}")),
        }
    }

    /// Checks that the file names this person or address for the first time. In an array, where later rows may change
    /// earlier ones, a repeated user name is only a warning.
    fn alone(&mut self, draft: Draft, place: u64, warnings: &mut Vec<String>) -> Result<Draft, String> {
        let name = key("username", &draft.username.folded);
        let email = draft.change.claims.get("email").and_then(Value::as_str);
        let email = email.and_then(|email| Identifier::email(email).ok());
        let address = email.as_ref().map(|email| key("email", &email.folded));
        let again = self.seen.get(&name).copied();
        if self.format == Format::Json {
            warnings.extend(again.map(|row| format!("changes row {row}, which has the same user name")));
        } else if let Some(line) = again {
            return Err(format!("the username {} already occurs in line {line}", draft.username.value));
        } else if let Some(line) = address.and_then(|address| self.seen.get(&address)) {
            return Err(format!(
                "the email {} already occurs in line {line}",
                email.map(|e| e.value).unwrap_or_default()
            ));
        }
        self.seen.insert(name, place);
        self.seen.extend(address.map(|address| (address, place)));
        Ok(draft)
    }
}

/// The change of a person.
fn standing(draft: &Draft) -> Vec<Kind> {
    let has_password = draft.password.is_some() || draft.change.phc.is_some();
    let is_blocked = (draft.change.disabled == Some(true)).then_some(Kind::Blocked);
    let way = match (has_password, draft.change.claims.contains_key("email")) {
        (true, _) => None,
        (false, true) => Some(Kind::NoPassword),
        (false, false) => Some(Kind::Unreachable),
    };
    is_blocked.into_iter().chain(way).collect()
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
