//! Queries about registration access tokens.

use crate::model::client::{self, Client};
use crate::model::picture;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, schema::clients, touch};
use crate::protocol::client_metadata::ClientMetadata;
use diesel::QueryResult;
use diesel::prelude::*;

/// A client that registered itself, when it did, and the hash of its registration access token.
///
/// # Errors
/// Any database failure; the same for every function here.
pub(super) fn find(connection: &mut Connection, id: &str) -> QueryResult<Option<(Client, Time, TokenHash)>> {
    let row: Option<(i64, Option<String>)> = clients::table
        .find(id)
        .select((clients::created_at, clients::registration_token_hash))
        .first(connection)
        .optional()?;
    let Some((issued_at, Some(hash))) = row else { return Ok(None) };
    let client = client::store::find(connection, id)?;
    Ok(client.map(|client| (client, Time::from_millis(issued_at), TokenHash::from_stored(hash))))
}

/// Replaces what a client registered for itself, as it was in `version`, and its token; false when an operator or another
/// request changed it since. Whether it may be used is not the client's to say.
pub(super) fn replace(
    tx: &mut Connection,
    (id, version): (&str, i64),
    metadata: &ClientMetadata,
    (former, hash): (&TokenHash, &TokenHash),
    now: Time,
) -> QueryResult<bool> {
    touch(tx, client::store::TOPIC)?;
    let unchanged = clients::table
        .find(id)
        .filter(clients::version.eq(version).and(clients::enabled.eq(true)))
        .filter(clients::registration_token_hash.eq(former.as_str()));
    let updated = diesel::update(unchanged)
        .set((
            clients::metadata.eq(serde_json::json!(metadata).to_string()),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(now.millis()),
            clients::registration_token_hash.eq(Some(hash.as_str())),
        ))
        .execute(tx)?;
    if updated == 0 {
        return Ok(false);
    }
    picture::store::forget_other(tx, id, metadata.logo_uri.as_deref())?;
    Ok(true)
}

/// Gives a client that has just registered its token.
pub(super) fn give_token(tx: &mut Connection, id: &str, hash: &TokenHash) -> QueryResult<()> {
    let token = clients::registration_token_hash.eq(Some(hash.as_str()));
    diesel::update(clients::table.find(id)).set(token).execute(tx).map(drop)
}
