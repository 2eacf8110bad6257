//! Queries about who fetched the JWKS.

use super::{Reader, Seen};
use crate::platform::clock::Time;
use crate::platform::db::{
    Connection, delete_batch,
    schema::{client_networks, clients, jwks_fetches},
};
use diesel::QueryResult;
use diesel::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// No more networks are kept; those that are known go on being told.
const MOST_NETWORKS: i64 = 50_000;
/// Networks without a sighting for this long are deleted.
const KEPT: Duration = Duration::from_secs(180 * 86_400);

/// Stores sightings.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn save(tx: &mut Connection, seen: &Seen) -> QueryResult<()> {
    let mut room = MOST_NETWORKS.saturating_sub(jwks_fetches::table.count().get_result(tx)?);
    for (network, at) in &seen.fetches {
        let (network, at) = (network.to_string(), jwks_fetches::fetched_at.eq(at.millis()));
        if diesel::update(jwks_fetches::table.find(&network)).set(at).execute(tx)? == 0 && room > 0 {
            diesel::insert_into(jwks_fetches::table).values((jwks_fetches::network.eq(&network), at)).execute(tx)?;
            room = room.saturating_sub(1);
        }
    }
    for (client_id, (network, at)) in &seen.clients {
        let values = (client_networks::network.eq(network.to_string()), client_networks::seen_at.eq(at.millis()));
        if diesel::update(client_networks::table.find(client_id)).set(values.clone()).execute(tx)? == 0 {
            diesel::insert_into(client_networks::table)
                .values((client_networks::client_id.eq(client_id), values.0, values.1))
                .execute(tx)?;
        }
    }
    Ok(())
}

/// Forgets what is too old to tell anything, at most `limit` rows of each table; returns how many of the fuller one.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    let before = (now - KEPT).millis();
    let fetches = delete_batch!(tx, jwks_fetches by network: String, jwks_fetches::fetched_at.lt(before), limit)?;
    let seen = delete_batch!(tx, client_networks by client_id: String, client_networks::seen_at.lt(before), limit)?;
    Ok(fetches.max(seen))
}

/// The clients whose servers were seen, in the order of their ids.
pub fn readers(connection: &mut Connection) -> QueryResult<Vec<Reader>> {
    let registered = clients::table.select(clients::id);
    let seen: Vec<(String, String)> = client_networks::table
        .filter(client_networks::client_id.eq_any(registered))
        .order(client_networks::client_id)
        .select((client_networks::client_id, client_networks::network))
        .load(connection)?;
    let theirs = client_networks::table.select(client_networks::network);
    let fetches: Vec<(String, i64)> =
        jwks_fetches::table.filter(jwks_fetches::network.eq_any(theirs)).load(connection)?;
    let fetches: HashMap<_, _> = fetches.into_iter().collect();
    let reader = |(client_id, network): (String, String)| Reader {
        client_id,
        fetched_at: fetches.get(&network).copied().map(Time::from_millis),
    };
    Ok(seen.into_iter().map(reader).collect())
}
