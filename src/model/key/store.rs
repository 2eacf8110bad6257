//! Queries about signing keys. Every write touches the change counter in its transaction.

use super::{KeyAlgorithm, KeyState, SigningKey};
use crate::platform::clock::Time;
use crate::platform::crypto::Sealed;
use crate::platform::db::Topic;
use crate::platform::db::{
    Connection, insert_once,
    schema::{server_secrets, signing_keys},
    touch,
};
use diesel::QueryResult;
use diesel::prelude::*;

/// The change counter of keys.
pub const TOPIC: Topic = Topic::Keys;

#[derive(Queryable)]
struct Row {
    kid: String,
    algorithm: String,
    state: String,
    public_jwk: String,
    sealed_private: String,
    created_at: i64,
    activate_at: i64,
    retire_at: Option<i64>,
}

/// Every key, oldest first. Keys of algorithms that this binary does not know are left out.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn list(connection: &mut Connection) -> QueryResult<Vec<SigningKey>> {
    let rows: Vec<Row> = signing_keys::table.order((signing_keys::created_at, signing_keys::kid)).load(connection)?;
    Ok(rows.into_iter().filter_map(key).collect())
}

fn key(row: Row) -> Option<SigningKey> {
    Some(SigningKey {
        algorithm: KeyAlgorithm::parse(&row.algorithm)?,
        state: KeyState::from_stored(&row.state),
        public_jwk: serde_json::from_str(&row.public_jwk).ok()?,
        sealed_private: Sealed::from_stored(row.sealed_private),
        kid: row.kid,
        created_at: Time::from_millis(row.created_at),
        activate_at: Time::from_millis(row.activate_at),
        retire_at: row.retire_at.map(Time::from_millis),
    })
}

pub fn insert(tx: &mut Connection, key: &SigningKey) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(&key.kid),
            signing_keys::algorithm.eq(key.algorithm.as_str()),
            signing_keys::state.eq(key.state.as_str()),
            signing_keys::public_jwk.eq(Value::Object(key.public_jwk.clone()).to_string()),
            signing_keys::sealed_private.eq(key.sealed_private.as_str()),
            signing_keys::created_at.eq(key.created_at.millis()),
            signing_keys::activate_at.eq(key.activate_at.millis()),
            signing_keys::retire_at.eq(key.retire_at.map(Time::millis)),
        ))
        .execute(tx)
        .map(drop)
}

use serde_json::Value;

/// Moves a key from one state to the next; false when another server did so first.
pub fn advance(
    tx: &mut Connection,
    kid: &str,
    from: KeyState,
    to: KeyState,
    retire_at: Option<Time>,
) -> QueryResult<bool> {
    let standing = signing_keys::table.filter(signing_keys::kid.eq(kid).and(signing_keys::state.eq(from.as_str())));
    let updated = diesel::update(standing)
        .set((signing_keys::state.eq(to.as_str()), signing_keys::retire_at.eq(retire_at.map(Time::millis))))
        .execute(tx)?;
    touch(tx, TOPIC)?;
    Ok(updated == 1)
}

/// Revokes a key; false when it was already revoked.
pub fn revoke(tx: &mut Connection, kid: &str, now: Time) -> QueryResult<bool> {
    let revoked = KeyState::Revoked.as_str();
    let standing = signing_keys::table.filter(signing_keys::kid.eq(kid).and(signing_keys::state.ne(revoked)));
    let updated = diesel::update(standing)
        .set((signing_keys::state.eq(revoked), signing_keys::retire_at.eq(Some(now.millis()))))
        .execute(tx)?;
    touch(tx, TOPIC)?;
    Ok(updated == 1)
}

/// Replaces the seal of a private key, which stays the same.
pub fn reseal(tx: &mut Connection, kid: &str, sealed: &Sealed) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    diesel::update(signing_keys::table.find(kid))
        .set(signing_keys::sealed_private.eq(sealed.as_str()))
        .execute(tx)
        .map(drop)
}

/// A sealed secret of the server, by name.
pub fn find_secret(connection: &mut Connection, name: &str) -> QueryResult<Option<Sealed>> {
    let sealed: Option<String> =
        server_secrets::table.find(name).select(server_secrets::sealed).first(connection).optional()?;
    Ok(sealed.map(Sealed::from_stored))
}

/// Keeps a sealed secret under a name that is free; false when another server was first.
pub fn insert_secret(tx: &mut Connection, name: &str, sealed: &Sealed, now: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(server_secrets::table).values((
            server_secrets::name.eq(name),
            server_secrets::version.eq(1),
            server_secrets::sealed.eq(sealed.as_str()),
            server_secrets::created_at.eq(now.millis()),
        ))
    )
}

/// Replaces the seal of a secret, which stays the same.
pub fn reseal_secret(tx: &mut Connection, name: &str, sealed: &Sealed) -> QueryResult<()> {
    diesel::update(server_secrets::table.find(name))
        .set(server_secrets::sealed.eq(sealed.as_str()))
        .execute(tx)
        .map(drop)
}

/// Lets a pending key sign from another time on than it was made for.
pub fn set_activation(tx: &mut Connection, kid: &str, at: Time) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    let pending =
        signing_keys::table.filter(signing_keys::kid.eq(kid).and(signing_keys::state.eq(KeyState::Pending.as_str())));
    diesel::update(pending).set(signing_keys::activate_at.eq(at.millis())).execute(tx).map(drop)
}

/// The names of the sealed secrets.
pub fn list_secrets(connection: &mut Connection) -> QueryResult<Vec<String>> {
    server_secrets::table.select(server_secrets::name).order(server_secrets::name).load(connection)
}
