//! Queries about clients. Every write touches the change counter in its transaction.

use super::secret::NewSecret;
use super::{Client, ClientSecret, Origin};
use crate::model::picture;
use crate::platform::clock::Time;
use crate::platform::crypto::{Sealed, TokenHash};
use crate::platform::db::{Connection, Topic, delete_batch, schema::*, touch};
use crate::platform::jose::ClientKeySet;
use crate::protocol::client_metadata::ClientMetadata;
use diesel::QueryResult;
use diesel::prelude::*;

/// The change counter of clients.
pub const TOPIC: Topic = Topic::Clients;

type Row = (String, String, bool, i64, String);
type SecretRow = (String, String, Option<i64>, Option<String>);

fn client(connection: &mut Connection, (id, origin, enabled, version, metadata): Row) -> QueryResult<Client> {
    let metadata: ClientMetadata = serde_json::from_str(&metadata)
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
    let secrets: Vec<SecretRow> = client_secrets::table
        .filter(client_secrets::client_id.eq(&id))
        .select((client_secrets::id, client_secrets::hash, client_secrets::expires_at, client_secrets::sealed))
        .load(connection)?;
    let secrets = secrets.into_iter().map(secret).collect();
    let keys = metadata.jwks.as_ref().and_then(|jwks| ClientKeySet::from_set(jwks.as_object()?).ok());
    let logo = picture::store::logo(connection, &id)?;
    Ok(Client { logo, id, enabled, version, origin: Origin::from_stored(&origin), metadata, secrets, keys })
}

fn secret((id, hash, end, sealed): SecretRow) -> ClientSecret {
    let (hash, sealed) = (TokenHash::from_stored(hash), sealed.map(Sealed::from_stored));
    ClientSecret { id, hash, expires_at: end.map(Time::from_millis), sealed }
}

/// The client with this id.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(connection: &mut Connection, id: &str) -> QueryResult<Option<Client>> {
    let row: Option<Row> = clients::table
        .find(id)
        .select((clients::id, clients::origin, clients::enabled, clients::version, clients::metadata))
        .first(connection)
        .optional()?;
    row.map(|row| client(connection, row)).transpose()
}

/// Clients in the order of their ids, after `after`.
pub fn list(connection: &mut Connection, after: &str, limit: i64) -> QueryResult<Vec<Client>> {
    let rows: Vec<Row> = clients::table
        .filter(clients::id.gt(after))
        .order(clients::id)
        .limit(limit)
        .select((clients::id, clients::origin, clients::enabled, clients::version, clients::metadata))
        .load(connection)?;
    rows.into_iter().map(|row| client(connection, row)).collect()
}

/// Adds a client, or replaces its registration; true when it is new.
pub fn save(
    tx: &mut Connection,
    id: &str,
    origin: Origin,
    enabled: bool,
    metadata: &ClientMetadata,
    now: Time,
) -> QueryResult<bool> {
    picture::store::forget_other(tx, id, metadata.logo_uri.as_deref())?;
    let metadata = serde_json::json!(metadata).to_string();
    touch(tx, TOPIC)?;
    let updated = diesel::update(clients::table.find(id))
        .set((
            clients::metadata.eq(&metadata),
            clients::enabled.eq(enabled),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    if updated > 0 {
        return Ok(false);
    }
    diesel::insert_into(clients::table)
        .values((
            clients::id.eq(id),
            clients::origin.eq(origin.as_str()),
            clients::enabled.eq(enabled),
            clients::version.eq(1),
            clients::metadata.eq(&metadata),
            clients::created_at.eq(now.millis()),
            clients::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(true)
}

/// Enables or disables a client; false when it does not exist.
pub fn set_enabled(tx: &mut Connection, id: &str, enabled: bool, now: Time) -> QueryResult<bool> {
    touch(tx, TOPIC)?;
    let updated = diesel::update(clients::table.find(id))
        .set((
            clients::enabled.eq(enabled),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(updated == 1)
}

/// Deletes a client and its token families; false when it does not exist.
pub fn delete(tx: &mut Connection, id: &str) -> QueryResult<bool> {
    picture::store::remove_logo(tx, id)?;
    diesel::delete(client_secrets::table.filter(client_secrets::client_id.eq(id))).execute(tx)?;
    diesel::delete(consents::table.filter(consents::client_id.eq(id))).execute(tx)?;
    diesel::delete(clients::table.find(id)).execute(tx).map(|deleted| deleted == 1)
}

/// Adds a secret. Those before it count until `others_until`; with `None` they go at once.
pub fn add_secret(
    tx: &mut Connection,
    client_id: &str,
    secret: &NewSecret,
    others_until: Option<Time>,
    now: Time,
) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    let others = client_secrets::table.filter(client_secrets::client_id.eq(client_id));
    match others_until {
        None => diesel::delete(others).execute(tx)?,
        Some(end) => diesel::update(others.filter(client_secrets::expires_at.is_null()))
            .set(client_secrets::expires_at.eq(Some(end.millis())))
            .execute(tx)?,
    };
    diesel::insert_into(client_secrets::table)
        .values((
            client_secrets::id.eq(&secret.id),
            client_secrets::client_id.eq(client_id),
            client_secrets::hash.eq(secret.hash.as_str()),
            client_secrets::sealed.eq(secret.sealed.as_ref().map(Sealed::as_str)),
            client_secrets::created_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Takes every secret away.
pub fn delete_secrets(tx: &mut Connection, client_id: &str) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    diesel::delete(client_secrets::table.filter(client_secrets::client_id.eq(client_id))).execute(tx).map(drop)
}

/// Marks the first use of a client that registered itself, and does nothing after it.
pub fn mark_used(tx: &mut Connection, id: &str, now: Time) -> QueryResult<bool> {
    let unused = clients::table.filter(clients::id.eq(id).and(clients::used_at.is_null()));
    diesel::update(unused).set(clients::used_at.eq(Some(now.millis()))).execute(tx).map(|updated| updated == 1)
}

/// Looks at clients that registered themselves before `before` and never got a token, at most `limit`: those that
/// somebody consented to are in use, and the others go. Returns how many went.
pub fn sweep_unused(tx: &mut Connection, before: Time, limit: i64, now: Time) -> QueryResult<usize> {
    let ids: Vec<String> = clients::table
        .filter(clients::origin.eq(Origin::Dynamic.as_str()).and(clients::used_at.is_null()))
        .filter(clients::created_at.lt(before.millis()))
        .select(clients::id)
        .limit(limit)
        .load(tx)?;
    let mut deleted = 0_usize;
    for id in &ids {
        let theirs = consents::table.filter(consents::client_id.eq(id));
        if diesel::select(diesel::dsl::exists(theirs)).get_result(tx)? {
            mark_used(tx, id, now)?;
        } else {
            deleted = deleted.saturating_add(usize::from(delete(tx, id)?));
        }
    }
    Ok(deleted)
}

/// Deletes secrets that ended before `before`, at most `limit`; returns how many. No cache has to hear of it: they opened
/// nothing any more.
pub fn sweep_secrets(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, client_secrets by id: String, client_secrets::expires_at.lt(before.millis()), limit)
}

/// The secrets whose text is sealed: id, client and seal.
pub fn list_sealed(connection: &mut Connection) -> QueryResult<Vec<(String, String, Sealed)>> {
    let rows: Vec<(String, String, Option<String>)> = client_secrets::table
        .filter(client_secrets::sealed.is_not_null())
        .order(client_secrets::id)
        .select((client_secrets::id, client_secrets::client_id, client_secrets::sealed))
        .load(connection)?;
    Ok(rows.into_iter().filter_map(|(id, client, sealed)| Some((id, client, Sealed::from_stored(sealed?)))).collect())
}

/// Replaces the seal of a secret, which stays the same.
pub fn reseal(tx: &mut Connection, id: &str, sealed: &Sealed) -> QueryResult<()> {
    touch(tx, TOPIC)?;
    diesel::update(client_secrets::table.find(id)).set(client_secrets::sealed.eq(sealed.as_str())).execute(tx).map(drop)
}
