//! Queries about passkeys. Single use and the counter are decided here.

use super::{Passkey, Used};
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, insert_once, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::result::Error;
use std::time::Duration;

/// Longer than any challenge waits.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

#[derive(Queryable)]
struct Row {
    id: String,
    person_id: String,
    credential_id: String,
    rp_id: String,
    name: String,
    aaguid: String,
    data: String,
    counter: i64,
    backup_eligible: bool,
    backup_state: bool,
    transports: String,
    version: i64,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for Passkey {
    type Error = Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        let unreadable = |error: serde_json::Error| Error::DeserializationError(error.into());
        Ok(Self {
            id: row.id,
            person_id: row.person_id,
            credential_id: row.credential_id,
            rp_id: row.rp_id,
            name: row.name,
            aaguid: row.aaguid,
            key: serde_json::from_str(&row.data).map_err(unreadable)?,
            counter: row.counter,
            backup_eligible: row.backup_eligible,
            backup_state: row.backup_state,
            transports: serde_json::from_str(&row.transports).map_err(unreadable)?,
            version: row.version,
            created_at: Time::from_millis(row.created_at),
            last_used_at: row.last_used_at.map(Time::from_millis),
        })
    }
}

/// A person's passkeys, oldest first.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn list(connection: &mut Connection, person: &str) -> QueryResult<Vec<Passkey>> {
    let rows: Vec<Row> = passkeys::table.filter(passkeys::person_id.eq(person)).order(passkeys::id).load(connection)?;
    rows.into_iter().map(Passkey::try_from).collect()
}

/// The passkey with this name among authenticators, and the handle of its person.
pub fn find_by_credential(connection: &mut Connection, credential_id: &str) -> QueryResult<Option<(Passkey, String)>> {
    let row: Option<Row> =
        passkeys::table.filter(passkeys::credential_id.eq(credential_id)).first(connection).optional()?;
    let Some(row) = row else { return Ok(None) };
    let handle = passkey_users::table.find(&row.person_id).select(passkey_users::handle).first(connection)?;
    Ok(Some((row.try_into()?, handle)))
}

/// Whom authenticators know the person as; `fresh` where nothing is known yet.
pub fn handle(tx: &mut Connection, person: &str, fresh: &str) -> QueryResult<String> {
    insert_once!(
        tx,
        diesel::insert_into(passkey_users::table)
            .values((passkey_users::person_id.eq(person), passkey_users::handle.eq(fresh)))
    )?;
    passkey_users::table.find(person).select(passkey_users::handle).first(tx)
}

/// Keeps a new passkey; false when its authenticator's name for it is taken.
pub fn insert(tx: &mut Connection, new: &Passkey) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(passkeys::table).values((
            passkeys::id.eq(&new.id),
            passkeys::person_id.eq(&new.person_id),
            passkeys::credential_id.eq(&new.credential_id),
            passkeys::rp_id.eq(&new.rp_id),
            passkeys::name.eq(&new.name),
            passkeys::aaguid.eq(&new.aaguid),
            passkeys::data.eq(serde_json::json!(new.key).to_string()),
            passkeys::counter.eq(new.counter),
            passkeys::backup_eligible.eq(new.backup_eligible),
            passkeys::backup_state.eq(new.backup_state),
            passkeys::transports.eq(serde_json::json!(new.transports).to_string()),
            passkeys::version.eq(new.version),
            passkeys::created_at.eq(new.created_at.millis()),
        ))
    )
}

/// The result of a valid signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It counts, this once.
    Now,
    /// The challenge was answered before, or the passkey is gone.
    Before,
    /// Another signature with this or a later count was faster: the key may have been copied.
    CounterWentBack,
}

/// Spends a signature: its challenge is answered for ever, and the counter moves on.
pub fn spend(tx: &mut Connection, used: &Used, challenge: &TokenHash, now: Time) -> QueryResult<Spent> {
    let answered = insert_once!(
        tx,
        diesel::insert_into(spent_assertions::table).values((
            spent_assertions::hash.eq(challenge.as_str()),
            spent_assertions::expires_at.eq((now + REMEMBERED).millis()),
        ))
    )?;
    if !answered {
        return Ok(Spent::Before);
    }
    let Passkey { id, key, counter, backup_state, .. } = &used.passkey;
    let does_not_count = passkeys::counter.eq(0).and(passkeys::counter.eq(*counter));
    let row = passkeys::table.filter(passkeys::id.eq(id).and(passkeys::counter.lt(*counter).or(does_not_count)));
    let moved = diesel::update(row)
        .set((
            passkeys::data.eq(serde_json::json!(key).to_string()),
            passkeys::counter.eq(*counter),
            passkeys::backup_state.eq(*backup_state),
            passkeys::last_used_at.eq(Some(now.millis())),
        ))
        .execute(tx)?;
    if moved == 1 {
        return Ok(Spent::Now);
    }
    let is_there = diesel::select(diesel::dsl::exists(passkeys::table.find(id))).get_result(tx)?;
    Ok(if is_there { Spent::CounterWentBack } else { Spent::Before })
}

/// Renames a passkey of a person, at `version`; false when there is none such.
pub fn rename(tx: &mut Connection, person: &str, id: &str, version: i64, name: &str) -> QueryResult<bool> {
    let row = passkeys::table.filter(passkeys::id.eq(id).and(passkeys::person_id.eq(person)));
    diesel::update(row.filter(passkeys::version.eq(version)))
        .set((passkeys::name.eq(name), passkeys::version.eq(passkeys::version + 1)))
        .execute(tx)
        .map(|renamed| renamed == 1)
}

/// Takes a passkey of a person away; false when there is none such.
pub fn remove(tx: &mut Connection, person: &str, id: &str) -> QueryResult<bool> {
    let row = passkeys::table.filter(passkeys::id.eq(id).and(passkeys::person_id.eq(person)));
    diesel::delete(row).execute(tx).map(|removed| removed == 1)
}

/// Takes every passkey of a person away; how many there were. Authenticators go on knowing the person by the handle.
pub fn remove_all(tx: &mut Connection, person: &str) -> QueryResult<usize> {
    diesel::delete(passkeys::table.filter(passkeys::person_id.eq(person))).execute(tx)
}

/// Forgets whom authenticators know the person as.
pub fn forget_handle(tx: &mut Connection, person: &str) -> QueryResult<()> {
    diesel::delete(passkey_users::table.find(person)).execute(tx).map(drop)
}

/// Whether a person has a passkey, and whether one of them cannot leave its device.
pub fn held(connection: &mut Connection, person: &str) -> QueryResult<(bool, bool)> {
    let theirs = passkeys::table.filter(passkeys::person_id.eq(person));
    let bound = theirs.filter(passkeys::backup_eligible.eq(false));
    diesel::select((diesel::dsl::exists(theirs), diesel::dsl::exists(bound))).get_result(connection)
}

/// How many passkeys are bound to another name: none of them works.
pub fn bound_elsewhere(connection: &mut Connection, rp_id: &str) -> QueryResult<i64> {
    passkeys::table.filter(passkeys::rp_id.ne(rp_id)).count().get_result(connection)
}
