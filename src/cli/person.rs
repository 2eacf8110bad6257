//! Finding the person that an operator names.

use super::{Failure, Site};
use crate::model::user::identifier::Identifier;
use crate::model::user::store::{self, HeldIdentifier};
use crate::model::user::{User, UserStatus};
use crate::platform::db::Connection;
use diesel::QueryResult;
use serde_json::{Value, json};

/// A person and what they sign in with.
#[derive(Clone)]
pub(super) struct Person {
    /// The person.
    pub(super) user: User,
    /// Their identifiers.
    pub(super) identifiers: Vec<HeldIdentifier>,
}

impl Person {
    /// The people with what they sign in with.
    pub(super) fn of(connection: &mut Connection, users: Vec<User>) -> QueryResult<Vec<Self>> {
        let ids: Vec<String> = users.iter().map(|user| user.id.clone()).collect();
        let held = store::identifiers_of(connection, &ids)?;
        let of = |user: User| Self {
            identifiers: held.iter().filter(|held| held.person_id == user.id).cloned().collect(),
            user,
        };
        Ok(users.into_iter().map(of).collect())
    }

    /// The identifier of a kind; of several addresses the primary one.
    pub(super) fn identifier(&self, kind: &str) -> Option<&HeldIdentifier> {
        let primary = self.user.text("email").unwrap_or_default();
        let of_kind = || self.identifiers.iter().filter(|held| held.kind == kind);
        of_kind().find(|held| held.value == primary).or_else(|| of_kind().next())
    }

    /// What an operator calls the person.
    pub(super) fn name(&self) -> &str {
        let held = self.identifier("username").or_else(|| self.identifier("email"));
        held.map_or(&self.user.sub, |held| &held.value)
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let value = |kind| self.identifier(kind).map(|held| held.value.clone());
        json!({
            "id": self.user.id, "sub": self.user.sub, "status": self.user.status.as_str(),
            "username": value("username"), "email": value("email"), "claims": self.user.claims,
        })
    }
}

/// The person that a user name, an address, a `sub` or an id names.
pub(super) async fn find_person(site: &Site, named: &str) -> Result<Person, Failure> {
    let text = named.to_owned();
    let found = site.read(move |connection| {
        let user = find(connection, &text)?;
        Ok(Person::of(connection, user.into_iter().collect())?.into_iter().next())
    });
    found.await?.ok_or_else(|| {
        Failure::new(format!("there is no person with the user name, email, sub or id {named}"))
            .fix("`latchkey user list` shows who there is")
    })
}

fn find(connection: &mut Connection, text: &str) -> QueryResult<Option<User>> {
    let named = store::find_by_identifiers(connection, &Identifier::candidates(text))?;
    let found = match named {
        Some(user) => Some(user),
        None => match store::find_by_sub(connection, text)? {
            Some(user) => Some(user),
            None => store::find(connection, text)?,
        },
    };
    Ok(found.filter(|user| user.status != UserStatus::Deleted))
}
