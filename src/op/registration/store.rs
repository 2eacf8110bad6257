//! Queries about registration access tokens.

use crate::model::client::{self, Client};
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, schema::clients};
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

/// Replaces what a client registered, and its token; false when another change came first.
pub(super) fn replace(
    tx: &mut Connection,
    (id, version): (&str, i64),
    metadata: &ClientMetadata,
    (former, hash): (&TokenHash, &TokenHash),
    now: Time,
) -> QueryResult<bool> {
    if !set_token(tx, id, Some(former), hash)? {
        return Ok(false);
    }
    let is_replaced = client::store::replace_own(tx, (id, version), metadata, now)?;
    if !is_replaced {
        set_token(tx, id, Some(hash), former)?;
    }
    Ok(is_replaced)
}

/// Replaces the token `former`; false when it was replaced meanwhile.
pub(super) fn set_token(
    tx: &mut Connection,
    id: &str,
    former: Option<&TokenHash>,
    hash: &TokenHash,
) -> QueryResult<bool> {
    let set = clients::registration_token_hash.eq(Some(hash.as_str()));
    let client = clients::table.filter(clients::id.eq(id));
    let updated = match former {
        Some(former) => {
            let standing = client.filter(clients::registration_token_hash.eq(former.as_str()));
            diesel::update(standing).set(set).execute(tx)?
        }
        None => diesel::update(client.filter(clients::registration_token_hash.is_null())).set(set).execute(tx)?,
    };
    Ok(updated == 1)
}
