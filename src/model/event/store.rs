//! Queries about events.

use super::Event;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_all, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;

/// Records an event in the transaction of the change that it tells of.
///
/// # Errors
/// Any failure of the database.
pub fn record(tx: &mut Connection, event: &Event, now: Time) -> QueryResult<()> {
    diesel::insert_into(events::table)
        .values((
            events::at.eq(now.millis()),
            events::kind.eq(event.kind),
            events::actor.eq(&event.actor),
            events::person_id.eq(event.person_id.as_deref()),
            events::client_id.eq(event.client_id.as_deref()),
            events::session_id.eq(event.session_id.as_deref()),
            events::detail.eq(event.detail.to_string()),
        ))
        .execute(tx)
        .map(drop)
}

/// Records many events of one moment.
///
/// # Errors
/// Any failure of the database.
pub fn record_all(tx: &mut Connection, happened: &[Event], now: Time) -> QueryResult<()> {
    let row = |event: &Event| {
        (
            events::at.eq(now.millis()),
            events::kind.eq(event.kind),
            events::actor.eq(event.actor.clone()),
            events::person_id.eq(event.person_id.clone()),
            events::client_id.eq(event.client_id.clone()),
            events::session_id.eq(event.session_id.clone()),
            events::detail.eq(event.detail.to_string()),
        )
    };
    let rows: Vec<_> = happened.iter().map(row).collect();
    insert_all!(tx, diesel::insert_into(events::table).values(&rows)).map(drop)
}

/// The kinds of a person's events, oldest first.
///
/// # Errors
/// Any failure of the database.
pub fn kinds_of(tx: &mut Connection, person: &str) -> QueryResult<Vec<String>> {
    events::table.filter(events::person_id.eq(person)).order(events::sequence).select(events::kind).load(tx)
}

/// Deletes events of before `before`, the oldest first and at most `limit`; returns how many. It looks at the oldest
/// alone, in the order in which they were written: there is no index by time. The newest event of all stays, by which
/// a restored database knows how old it is.
///
/// # Errors
/// Any failure of the database.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    let newest: Option<i64> = events::table.select(diesel::dsl::max(events::sequence)).first(tx)?;
    let oldest: Vec<(i64, i64)> =
        events::table.order(events::sequence).limit(limit).select((events::sequence, events::at)).load(tx)?;
    let is_over = |(sequence, at): &(i64, i64)| *at < before.millis() && Some(*sequence) != newest;
    let over: Vec<i64> = oldest.into_iter().filter(is_over).map(|(sequence, _)| sequence).collect();
    if over.is_empty() {
        return Ok(0);
    }
    diesel::delete(events::table.filter(events::sequence.eq_any(over))).execute(tx)
}
