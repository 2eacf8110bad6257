//! Notes about many people, one line per kind instead of one per person.

use super::columns;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many names a line lists.
const NAMED: usize = 5;
/// How many kinds are counted. The file's author chooses column names, so there could be any number.
const MOST: usize = 100;

/// Something about a person, or about a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    NoPassword,
    Unreachable,
    Temporary,
    Blocked,
    Factor(String),
    Elsewhere(String),
    Rights,
    Action(String),
    /// A column that becomes a claim of that name, with the most similar known one.
    Claim(String, Option<String>),
    /// A column that is not imported, with the most similar known one.
    Left(String, Option<String>),
    /// Records that are not people.
    Other(String),
}

/// A reader's note about a person.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Note {
    /// A temporary password, to be changed at the next sign-in.
    Temporary,
    /// A second factor of this kind.
    Factor(String),
    /// A link to this identity provider.
    Elsewhere(String),
    /// Special privileges.
    Rights,
    /// A required action at the next sign-in.
    Action(String),
    /// A member that was not read.
    Left(String),
    /// A custom attribute: a claim where the profile has such a field.
    Attribute(String, Value),
}

/// Counts and the first names.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<Kind, (u64, Vec<String>)>);

impl Notes {
    pub(super) fn add(&mut self, kind: Kind, name: &str) {
        if self.0.len() >= MOST && !self.0.contains_key(&kind) {
            return;
        }
        let (count, named) = self.0.entry(kind).or_default();
        *count = count.saturating_add(1);
        if named.len() < NAMED && !name.is_empty() {
            named.push(name.to_owned());
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (kind, (count, names)) in other.0 {
            let (all, named) = self.0.entry(kind).or_default();
            *all = all.saturating_add(count);
            named.extend(names);
            named.truncate(NAMED);
        }
    }

    /// A line each.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(kind, (count, named))| kind.line(*count, named)).collect()
    }

    pub(super) fn json(&self) -> Value {
        let note = |(kind, (count, named)): (&Kind, &(u64, Vec<String>))| json!({"about": kind.about(), "count": count, "named": named, "text": kind.line(*count, named)});
        self.0.iter().map(note).collect()
    }
}

impl Kind {
    const fn about(&self) -> &'static str {
        match self {
            Self::NoPassword => "no_password",
            Self::Unreachable => "no_password_no_address",
            Self::Temporary => "temporary_password",
            Self::Blocked => "blocked",
            Self::Factor(_) => "second_factor",
            Self::Elsewhere(_) => "other_provider",
            Self::Rights => "rights",
            Self::Action(_) => "required_action",
            Self::Claim(..) => "unknown_claim",
            Self::Left(..) => "left_out",
            Self::Other(_) => "passed_over",
        }
    }

    fn line(&self, count: u64, named: &[String]) -> String {
        let people = match (count, named.len() as u64) {
            (1, _) => format!("1 person ({})", named.join(", ")),
            (count, names) if names < count => format!("{count} people ({}, …)", named.join(", ")),
            (count, _) => format!("{count} people ({})", named.join(", ")),
        };
        let (have, were, stay) = if count == 1 { ("has", "was", "stays") } else { ("have", "were", "stay") };
        match self {
            Self::NoPassword => format!(
                "{people} {have} no password: they can sign in with a code by email, or choose a password through recovery"
            ),
            Self::Unreachable => format!(
                "{people} {have} neither a password nor an email address and cannot sign in: set a password with `latchkey user set-password`"
            ),
            Self::Temporary => format!(
                "{people} had a temporary password, which is not imported: they can choose one through recovery"
            ),
            Self::Blocked => {
                format!("{people} {were} disabled there and {stay} so: `latchkey user enable` enables one")
            }
            Self::Factor(kind) => {
                format!("{people} had a second factor ({kind}) that cannot be imported: they have to set up a new one")
            }
            Self::Elsewhere(provider) => {
                format!("{people} signed in through {provider}: the link is not imported")
            }
            Self::Rights => {
                format!(
                    "{people} had special privileges there (staff, superuser or custom claims), which are not imported"
                )
            }
            Self::Action(action) => format!("{people} still had to do {action} there: this is not imported"),
            Self::Claim(name, near) => {
                format!("the unknown field {name} became a claim of that name{}", hint(near))
            }
            Self::Left(name, near) => format!("the unknown field {name} was not imported{}", hint(near)),
            Self::Other(kind) => format!("skipped, because they are not people: {kind} ({count})"),
        }
    }
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// A column that becomes a claim.
pub(super) fn claim(name: &str, known: &columns::Known) -> Kind {
    Kind::Claim(name.to_owned(), known.nearest(name))
}

/// A column that does not.
pub(super) fn left(name: &str, known: &columns::Known) -> Kind {
    Kind::Left(name.to_owned(), known.nearest(name))
}
