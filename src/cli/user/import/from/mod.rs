//! Exports of other systems. Each reader turns a record into the fields of an import, and reports what
//! cannot be imported: nobody is lost and nothing is dropped silently.

mod aspnet;
mod django;
mod firebase;
mod keycloak;

use super::notes::Note;
use super::switch;
use crate::platform::clock::Time;
use serde_json::{Map, Value};

/// The system that a file was exported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum System {
    /// A realm with its users: kc.sh export --users realm_file, or one of its users files
    KeycloakRealm,
    /// manage.py dumpdata auth.user (JSON or JSON Lines), or the table auth_user as CSV
    Django,
    /// The table AspNetUsers of ASP.NET Core Identity, as CSV or JSON
    Aspnet,
    /// firebase auth:export, as JSON or CSV; its hashes need --firebase
    Firebase,
}

/// A record, read.
#[derive(Debug)]
pub(super) enum Record {
    /// A person, as the fields of an import.
    Person(Person),
    /// A record of another kind.
    Other(String),
    /// An unreadable record, with the reason.
    Wrong(String),
}

/// A person, with notes and warnings.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) fields: Map<String, Value>,
    pub(super) notes: Vec<Note>,
    /// Warnings about this person only.
    pub(super) warnings: Vec<String>,
}

impl System {
    /// Reads a record.
    pub(super) fn read(self, record: Map<String, Value>, now: Time) -> Record {
        match self {
            Self::KeycloakRealm => keycloak::read(record),
            Self::Django => django::read(record),
            Self::Aspnet => aspnet::read(record, now),
            Self::Firebase => firebase::read(record),
        }
    }

    /// The member with the people, in a JSON file that is an object.
    pub(super) const fn within(self) -> Option<&'static str> {
        match self {
            Self::KeycloakRealm | Self::Firebase => Some("users"),
            Self::Django | Self::Aspnet => None,
        }
    }

    /// The columns of a CSV file that has no header.
    pub(super) const fn columns(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Firebase => Some(&firebase::COLUMNS),
            Self::KeycloakRealm | Self::Django | Self::Aspnet => None,
        }
    }
}

impl Person {
    /// Sets a field, unless the value is empty.
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        if !value.is_null() && value.as_str() != Some("") {
            self.fields.insert(name.to_owned(), value);
        }
    }

    /// Sets a text field from a member of the record.
    fn text(&mut self, name: &str, record: &mut Members, member: &str) {
        if let Some(text) = record.text(member) {
            self.set(name, text);
        }
    }

    /// Disabled there, disabled here. An import enables nobody: they may have been disabled here since.
    fn block(&mut self) {
        self.fields.insert("disabled".to_owned(), true.into());
    }
}

/// The members of a record; reading removes them.
struct Members(Map<String, Value>);

impl Members {
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Text that is not empty; a number as text.
    fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A boolean in any spelling; the error names the member.
    fn switch(&mut self, name: &str) -> Result<Option<bool>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(value) => switch::read(&value).map(Some).ok_or_else(|| format!("{name} must be true or false")),
        }
    }

    /// Removes members that are dropped silently.
    fn forget(&mut self, names: &[&str]) {
        names.iter().for_each(|name| drop(self.0.remove(*name)));
    }

    /// The members that were not read.
    fn left(self) -> impl Iterator<Item = Note> {
        let told = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        };
        self.0.into_iter().filter(move |(_, value)| told(value)).map(|(name, _)| Note::Left(name))
    }
}
