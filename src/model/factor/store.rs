//! Queries about second factors. Single use is decided here, by conditional updates.

use super::{Authenticator, Means};
use crate::model::credential::passkey;
use crate::platform::clock::Time;
use crate::platform::crypto::{Sealed, TokenHash};
use crate::platform::db::{Connection, schema::*};
use diesel::QueryResult;
use diesel::dsl::exists;
use diesel::prelude::*;

/// What a person holds.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn means(connection: &mut Connection, person: &str) -> QueryResult<Means> {
    let authenticator = diesel::select(exists(authenticators::table.find(person))).get_result(connection)?;
    let (passkey, hardware_passkey) = passkey::store::held(connection, person)?;
    Ok(Means { authenticator, passkey, hardware_passkey })
}

type Row = (String, String, String, String, i64, Option<i64>);

/// Whether a person still has the passkey or the authenticator app of this id.
pub fn holds(connection: &mut Connection, person: &str, id: &str) -> QueryResult<bool> {
    if find_authenticator(connection, person)?.is_some_and(|held| held.id == id) {
        return Ok(true);
    }
    Ok(passkey::store::list(connection, person)?.iter().any(|held| held.id == id))
}

/// A person's authenticator app.
pub fn find_authenticator(connection: &mut Connection, person: &str) -> QueryResult<Option<Authenticator>> {
    let row: Option<Row> = authenticators::table
        .find(person)
        .select((
            authenticators::id,
            authenticators::person_id,
            authenticators::name,
            authenticators::sealed,
            authenticators::created_at,
            authenticators::last_used_at,
        ))
        .first(connection)
        .optional()?;
    Ok(row.map(|(id, person_id, name, sealed, created_at, last_used_at)| Authenticator {
        id,
        person_id,
        name,
        sealed: Sealed::from_stored(sealed),
        created_at: Time::from_millis(created_at),
        last_used_at: last_used_at.map(Time::from_millis),
    }))
}

/// Enrols an authenticator app in place of the one before; the code of `step` proved it, and is spent.
pub fn set_authenticator(tx: &mut Connection, new: &Authenticator, step: i64) -> QueryResult<()> {
    remove_authenticator(tx, &new.person_id)?;
    diesel::insert_into(authenticators::table)
        .values((
            authenticators::person_id.eq(&new.person_id),
            authenticators::id.eq(&new.id),
            authenticators::name.eq(&new.name),
            authenticators::sealed.eq(new.sealed.as_str()),
            authenticators::last_step.eq(step),
            authenticators::created_at.eq(new.created_at.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Spends the code of a time step, and with it those of the steps before; false when it was spent.
pub fn spend_step(tx: &mut Connection, id: &str, step: i64, now: Time) -> QueryResult<bool> {
    let unspent = authenticators::table.filter(authenticators::id.eq(id).and(authenticators::last_step.lt(step)));
    let spent = diesel::update(unspent)
        .set((authenticators::last_step.eq(step), authenticators::last_used_at.eq(Some(now.millis()))))
        .execute(tx)?;
    Ok(spent == 1)
}

/// Renames an authenticator app; false when the person has none.
pub fn rename_authenticator(tx: &mut Connection, person: &str, name: &str) -> QueryResult<bool> {
    diesel::update(authenticators::table.find(person))
        .set(authenticators::name.eq(name))
        .execute(tx)
        .map(|renamed| renamed == 1)
}

/// Takes a person's authenticator app away; false when there was none.
pub fn remove_authenticator(tx: &mut Connection, person: &str) -> QueryResult<bool> {
    diesel::delete(authenticators::table.find(person)).execute(tx).map(|removed| removed == 1)
}

/// The seeds as they are sealed: row, person and seal.
pub fn list_sealed(connection: &mut Connection) -> QueryResult<Vec<(String, String, Sealed)>> {
    let rows: Vec<(String, String, String)> = authenticators::table
        .order(authenticators::id)
        .select((authenticators::id, authenticators::person_id, authenticators::sealed))
        .load(connection)?;
    Ok(rows.into_iter().map(|(id, person, sealed)| (id, person, Sealed::from_stored(sealed))).collect())
}

/// Replaces the seal of a seed by one under another master key.
pub fn reseal(tx: &mut Connection, id: &str, sealed: &Sealed) -> QueryResult<()> {
    diesel::update(authenticators::table.filter(authenticators::id.eq(id)))
        .set(authenticators::sealed.eq(sealed.as_str()))
        .execute(tx)
        .map(drop)
}

/// Gives a person new recovery codes; the old ones become invalid.
pub fn set_recovery_codes(tx: &mut Connection, person: &str, hashes: &[TokenHash], now: Time) -> QueryResult<()> {
    remove_recovery_codes(tx, person)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::hash.eq(hash.as_str()),
                recovery_codes::person_id.eq(person),
                recovery_codes::created_at.eq(now.millis()),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Spends a recovery code; false when it was spent, or never was one of this person's.
pub fn spend_recovery_code(tx: &mut Connection, person: &str, hash: &TokenHash, now: Time) -> QueryResult<bool> {
    let unspent = recovery_codes::table
        .filter(recovery_codes::hash.eq(hash.as_str()).and(recovery_codes::person_id.eq(person)))
        .filter(recovery_codes::used_at.is_null());
    diesel::update(unspent).set(recovery_codes::used_at.eq(Some(now.millis()))).execute(tx).map(|spent| spent == 1)
}

/// A recovery code as it is kept.
#[derive(Queryable, Clone, Debug)]
pub struct KeptCode {
    /// What is kept of it.
    pub hash: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it was used, in milliseconds.
    pub used_at: Option<i64>,
}

/// A person's recovery codes, used ones too, in the order of what is kept of them.
pub fn list_recovery_codes(connection: &mut Connection, person: &str) -> QueryResult<Vec<KeptCode>> {
    recovery_codes::table
        .filter(recovery_codes::person_id.eq(person))
        .order(recovery_codes::hash)
        .select((recovery_codes::hash, recovery_codes::created_at, recovery_codes::used_at))
        .load(connection)
}

/// How many recovery codes a person has left.
pub fn recovery_codes_left(connection: &mut Connection, person: &str) -> QueryResult<i64> {
    recovery_codes::table
        .filter(recovery_codes::person_id.eq(person).and(recovery_codes::used_at.is_null()))
        .count()
        .get_result(connection)
}

/// Deletes a person's recovery codes; returns how many there were.
pub fn remove_recovery_codes(tx: &mut Connection, person: &str) -> QueryResult<usize> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(person))).execute(tx)
}

/// Deletes the recovery codes where no second factor is left.
pub fn tidy_recovery_codes(tx: &mut Connection, person: &str) -> QueryResult<()> {
    if !means(tx, person)?.any() {
        remove_recovery_codes(tx, person)?;
    }
    Ok(())
}

/// Takes every second factor of a person away, passkeys too; false when there was none.
pub fn remove_all(tx: &mut Connection, person: &str) -> QueryResult<bool> {
    let authenticator = remove_authenticator(tx, person)?;
    let passkeys = passkey::store::remove_all(tx, person)?;
    let codes = remove_recovery_codes(tx, person)?;
    Ok(authenticator || passkeys > 0 || codes > 0)
}
