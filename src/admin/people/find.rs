//! Finding the person that an administrator names. A user name is anybody's choice: it never decides who is meant where
//! another kind of name means somebody else.

use crate::admin::{Installation, Permit, Read, Users};
use crate::model::user::identifier::{Identifier, IdentifierKind};
use crate::model::user::store::{self, HeldIdentifier};
use crate::model::user::{User, UserStatus};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use diesel::QueryResult;
use std::slice::from_ref;

/// A person and what they sign in with.
#[derive(Clone, Debug)]
pub struct Person {
    pub user: User,
    pub identifiers: Vec<HeldIdentifier>,
}

impl Person {
    /// The people with what they sign in with.
    ///
    /// # Errors
    /// Any failure of the database.
    pub fn of(connection: &mut Connection, users: Vec<User>) -> QueryResult<Vec<Self>> {
        let ids: Vec<String> = users.iter().map(|user| user.id.clone()).collect();
        let held = store::identifiers_of(connection, &ids)?;
        let of = |user: User| Self {
            identifiers: held.iter().filter(|held| held.person_id == user.id).cloned().collect(),
            user,
        };
        Ok(users.into_iter().map(of).collect())
    }

    /// The identifier of a kind; of several addresses the primary one.
    pub fn identifier(&self, kind: &str) -> Option<&HeldIdentifier> {
        let primary = self.user.text("email").unwrap_or_default();
        let of_kind = || self.identifiers.iter().filter(|held| held.kind == kind);
        of_kind().find(|held| held.value == primary).or_else(|| of_kind().next())
    }

    /// What the person is called: user name, else email, else `sub`.
    pub fn name(&self) -> &str {
        let held = self.identifier("username").or_else(|| self.identifier("email"));
        held.map_or(&self.user.sub, |held| &held.value)
    }
}

/// What a name names a person by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Our own id of the row.
    Id,
    /// The subject that applications see.
    Sub,
    /// What they sign in with.
    Username,
    /// One of their addresses.
    Email,
}

impl NameKind {
    const ALL: [Self; 4] = [Self::Id, Self::Sub, Self::Username, Self::Email];

    /// As it stands before a colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Sub => "sub",
            Self::Username => "username",
            Self::Email => "email",
        }
    }
}

/// Whom a name means.
#[derive(Clone, Debug)]
pub enum Found {
    Nobody,
    One(Box<Person>),
    /// Different people, each with what the name is to them.
    Several(Vec<(NameKind, Person)>),
}

/// The person that `id:…`, `sub:…`, `username:…` or `email:…` names. Without a kind, what all four know: a text that is one
/// person's user name and another's `sub` names neither.
///
/// # Errors
/// When the store does not answer.
pub async fn find(at: &Installation, _: &Permit<Read, Users>, named: &str) -> Result<Found, Unavailable> {
    let named = named.to_owned();
    at.db.read(move |connection| look(connection, &named)).await
}

fn look(connection: &mut Connection, named: &str) -> QueryResult<Found> {
    let kinded = NameKind::ALL.into_iter().find_map(|kind| {
        let rest = named.strip_prefix(kind.as_str())?.strip_prefix(':')?;
        Some((vec![kind], rest))
    });
    let (kinds, text) = kinded.unwrap_or_else(|| (NameKind::ALL.to_vec(), named));
    let mut found: Vec<(NameKind, User)> = Vec::new();
    for kind in kinds {
        let user = of_kind(connection, kind, text)?.filter(|user| user.status != UserStatus::Deleted);
        found.extend(user.map(|user| (kind, user)));
    }
    let (kinds, mut users): (Vec<NameKind>, Vec<User>) = found.into_iter().unzip();
    let is_one = users.windows(2).all(|pair| matches!(pair, [one, other] if one.id == other.id));
    if is_one {
        users.truncate(1);
        return Ok(Person::of(connection, users)?.pop().map_or(Found::Nobody, |person| Found::One(Box::new(person))));
    }
    Ok(Found::Several(kinds.into_iter().zip(Person::of(connection, users)?).collect()))
}

fn of_kind(connection: &mut Connection, kind: NameKind, text: &str) -> QueryResult<Option<User>> {
    let identifier = match kind {
        NameKind::Id => return store::find(connection, text),
        NameKind::Sub => return store::find_by_sub(connection, text),
        NameKind::Username => Identifier::of(IdentifierKind::Username, text),
        // As it is stored, in the form of a release before too.
        NameKind::Email => {
            let candidates = Identifier::candidates(text).into_iter();
            let addresses: Vec<_> = candidates.filter(|one| one.kind == IdentifierKind::Email).collect();
            return store::find_by_identifiers(connection, &addresses);
        }
    };
    match identifier {
        Ok(identifier) => store::find_by_identifiers(connection, from_ref(&identifier)),
        Err(_) => Ok(None),
    }
}
