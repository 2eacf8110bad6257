//! Queries for the home page.

use crate::model::consent;
use crate::platform::db::{Connection, schema::clients};
use crate::protocol::client_metadata::ClientMetadata;
use diesel::QueryResult;
use diesel::prelude::*;

/// More are not shown.
const MOST: i64 = 200;

/// Enabled clients that a login can be begun at, with what they registered: those that the person allowed something,
/// and those that need no consent.
///
/// # Errors
/// Any failure of the database.
pub(super) fn startable(connection: &mut Connection, person: &str) -> QueryResult<Vec<(String, ClientMetadata)>> {
    let allowed: Vec<String> =
        consent::store::list(connection, person)?.into_iter().map(|(client, _)| client).collect();
    // The metadata is one document; what is found by its text is read below.
    let rows: Vec<(String, String)> = clients::table
        .filter(clients::enabled.eq(true).and(clients::metadata.like("%\"initiate_login_uri\"%")))
        .filter(clients::id.eq_any(&allowed).or(clients::metadata.like("%\"trusted\":true%")))
        .order(clients::id)
        .limit(MOST)
        .select((clients::id, clients::metadata))
        .load(connection)?;
    let read = |(id, metadata): (String, String)| Some((id, serde_json::from_str::<ClientMetadata>(&metadata).ok()?));
    let is_theirs = |(id, metadata): &(String, ClientMetadata)| {
        metadata.initiate_login_uri.is_some() && (metadata.trusted || allowed.contains(id))
    };
    Ok(rows.into_iter().filter_map(read).filter(is_theirs).collect())
}
