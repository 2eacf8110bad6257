//! Queries about credentials.

use super::{ImportedPassword, PasswordCredential};
use crate::model::{known_device, user};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_all, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;

const PASSWORD: &str = "password";

/// A person's password.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find_password(tx: &mut Connection, person: &str) -> QueryResult<Option<PasswordCredential>> {
    let row: Option<(String, String, i64, i64)> = credentials::table
        .filter(credentials::person_id.eq(person).and(credentials::kind.eq(PASSWORD)))
        .select((credentials::id, credentials::data, credentials::version, credentials::updated_at))
        .first(tx)
        .optional()?;
    let read = |(id, phc, version, set_at)| PasswordCredential { id, phc, version, set_at: Time::from_millis(set_at) };
    Ok(row.map(read))
}

/// When a person's password was set or changed, in milliseconds.
pub fn password_changed_at(tx: &mut Connection, person: &str) -> QueryResult<Option<i64>> {
    credentials::table
        .filter(credentials::person_id.eq(person).and(credentials::kind.eq(PASSWORD)))
        .select(credentials::updated_at)
        .first(tx)
        .optional()
}

/// Sets a person's password, replacing the one before. Every browser must prove the second factor again. A sign-in by
/// the old one either began before, and is seen by whoever ends the sessions next, or does not begin.
pub fn set_password(tx: &mut Connection, id: &str, person: &str, phc: &str, now: Time) -> QueryResult<()> {
    user::store::hold(tx, person)?;
    known_device::store::stop_remembering(tx, person)?;
    let replaced = diesel::update(
        credentials::table.filter(credentials::person_id.eq(person).and(credentials::kind.eq(PASSWORD))),
    )
    .set((
        credentials::data.eq(phc),
        credentials::version.eq(credentials::version + 1),
        credentials::updated_at.eq(now.millis()),
    ))
    .execute(tx)?;
    if replaced > 0 {
        return Ok(());
    }
    diesel::insert_into(credentials::table)
        .values((
            credentials::id.eq(id),
            credentials::person_id.eq(person),
            credentials::kind.eq(PASSWORD),
            credentials::data.eq(phc),
            credentials::version.eq(1),
            credentials::created_at.eq(now.millis()),
            credentials::updated_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// The passwords of these people.
pub fn passwords_of(tx: &mut Connection, people: &[String]) -> QueryResult<Vec<ImportedPassword>> {
    let rows: Vec<(String, String, Option<String>)> = credentials::table
        .filter(credentials::person_id.eq_any(people).and(credentials::kind.eq(PASSWORD)))
        .select((credentials::person_id, credentials::data, credentials::imported))
        .load(tx)?;
    let read = |(person_id, phc, imported)| ImportedPassword { person_id, phc, imported };
    Ok(rows.into_iter().map(read).collect())
}

/// Remembers which hash an import brought; see [`super::digest`].
pub fn set_imported(tx: &mut Connection, person: &str, digest: &str) -> QueryResult<()> {
    diesel::update(credentials::table.filter(credentials::person_id.eq(person).and(credentials::kind.eq(PASSWORD))))
        .set(credentials::imported.eq(digest))
        .execute(tx)
        .map(drop)
}

/// The first password of a person.
#[derive(Clone, Copy, Debug)]
pub struct NewPassword<'a> {
    /// UUIDv7.
    pub id: &'a str,
    pub person: &'a str,
    pub phc: &'a str,
    /// The digest of the hash that an import brought.
    pub imported: Option<&'a str>,
}

/// Sets passwords of people who have none.
pub fn insert_all(tx: &mut Connection, passwords: &[NewPassword<'_>], now: Time) -> QueryResult<()> {
    let row = |new: &NewPassword<'_>| {
        (
            credentials::id.eq(new.id.to_owned()),
            credentials::person_id.eq(new.person.to_owned()),
            credentials::kind.eq(PASSWORD),
            credentials::data.eq(new.phc.to_owned()),
            credentials::version.eq(1_i64),
            credentials::created_at.eq(now.millis()),
            credentials::updated_at.eq(now.millis()),
            credentials::imported.eq(new.imported.map(str::to_owned)),
        )
    };
    let rows: Vec<_> = passwords.iter().map(row).collect();
    insert_all!(tx, diesel::insert_into(credentials::table).values(&rows)).map(drop)
}

/// Takes a person's password away.
pub fn remove_password(tx: &mut Connection, person: &str) -> QueryResult<()> {
    let password = credentials::table.filter(credentials::person_id.eq(person).and(credentials::kind.eq(PASSWORD)));
    diesel::delete(password).execute(tx).map(drop)
}

/// Replaces the hash of a password by another of the same password, unless it was changed meanwhile. The password is
/// as old as it was.
pub fn rehash_password(tx: &mut Connection, old: &PasswordCredential, phc: &str) -> QueryResult<bool> {
    let unchanged = credentials::table.filter(credentials::id.eq(&old.id).and(credentials::version.eq(old.version)));
    let set = (credentials::data.eq(phc), credentials::version.eq(old.version.saturating_add(1)));
    diesel::update(unchanged).set(set).execute(tx).map(|updated| updated == 1)
}

/// Replaces a password by another, unless it was changed meanwhile.
pub fn upgrade_password(tx: &mut Connection, old: &PasswordCredential, phc: &str, now: Time) -> QueryResult<bool> {
    let unchanged = credentials::table.filter(credentials::id.eq(&old.id).and(credentials::version.eq(old.version)));
    let updated = diesel::update(unchanged)
        .set((
            credentials::data.eq(phc),
            credentials::version.eq(old.version.saturating_add(1)),
            credentials::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(updated == 1)
}
