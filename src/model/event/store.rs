//! Queries about events.

use super::{Actor, Event, EventKind, Stored};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_all, schema::*};
use crate::platform::request_id;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// Records an event in the transaction of its change.
///
/// # Errors
/// Any failure of the database.
pub fn record(tx: &mut Connection, event: &Event, now: Time) -> QueryResult<()> {
    diesel::insert_into(events::table)
        .values((
            events::at.eq(now.millis()),
            events::kind.eq(event.kind.as_str()),
            events::actor.eq(event.actor.to_string()),
            events::person_id.eq(event.person_id.as_deref()),
            events::client_id.eq(event.client_id.as_deref()),
            events::session_id.eq(event.session_id.as_deref()),
            events::detail.eq(event.detail.to_string()),
            events::reference.eq(request_id::current().map(|id| id.to_string())),
        ))
        .execute(tx)
        .map(drop)
}

/// Records many events of one moment.
///
/// # Errors
/// Any failure of the database.
pub fn record_all(tx: &mut Connection, happened: &[Event], now: Time) -> QueryResult<()> {
    let reference = request_id::current().map(|id| id.to_string());
    let row = |event: &Event| {
        (
            events::at.eq(now.millis()),
            events::kind.eq(event.kind.as_str()),
            events::actor.eq(event.actor.to_string()),
            events::person_id.eq(event.person_id.clone()),
            events::client_id.eq(event.client_id.clone()),
            events::session_id.eq(event.session_id.clone()),
            events::detail.eq(event.detail.to_string()),
            events::reference.eq(reference.clone()),
        )
    };
    let rows: Vec<_> = happened.iter().map(row).collect();
    insert_all!(tx, diesel::insert_into(events::table).values(&rows)).map(drop)
}

/// The kinds of a person's events, oldest first.
///
/// # Errors
/// Any failure of the database.
pub fn kinds_of(tx: &mut Connection, person: &str) -> QueryResult<Vec<Stored<EventKind>>> {
    let kinds = events::table.filter(events::person_id.eq(person)).order(events::sequence).select(events::kind);
    Ok(kinds.load::<String>(tx)?.into_iter().map(Stored::from).collect())
}

/// At most so many events are given places in one transaction, and read in one go.
pub const PAGE: i64 = 1_000;

/// An event as it was recorded.
#[derive(Queryable, Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the feed, from 1 and without gaps.
    pub position: i64,
    /// When, in milliseconds.
    pub at: i64,
    #[diesel(deserialize_as = String)]
    pub kind: Stored<EventKind>,
    #[diesel(deserialize_as = String)]
    pub actor: Stored<Actor>,
    pub person_id: Option<String>,
    /// Which client it concerns.
    pub client_id: Option<String>,
    /// Which session it concerns.
    pub session_id: Option<String>,
    /// More about it, as JSON.
    pub detail: String,
    /// The request in which it happened, as the log names it.
    pub reference: Option<String>,
}

/// Gives places to committed events that have none, at most [`PAGE`] of them; how many there were. On PostgreSQL a sequence is
/// handed out before the commit, so that by its order an event may appear behind a reader's back. Here a place is given to
/// what is committed, by one transaction at a time, so that places become visible in their order.
pub fn place(tx: &mut Connection) -> QueryResult<i64> {
    // Waits for whoever else gives places; what follows sees theirs.
    diesel::update(event_feed::table).set(event_feed::last.eq(event_feed::last)).execute(tx)?;
    let last: i64 = event_feed::table.select(event_feed::last).first(tx)?;
    let placed = match tx {
        Connection::Sqlite(tx) => diesel::sql_query(PLACE.replace("$1", "?").replace("$2", "?"))
            .bind::<BigInt, _>(last)
            .bind::<BigInt, _>(PAGE)
            .execute(tx),
        Connection::Postgres(tx) => {
            diesel::sql_query(PLACE).bind::<BigInt, _>(last).bind::<BigInt, _>(PAGE).execute(tx)
        }
    };
    let placed = i64::try_from(placed?).unwrap_or(i64::MAX);
    diesel::update(event_feed::table).set(event_feed::last.eq(event_feed::last + placed)).execute(tx)?;
    Ok(placed)
}

const PLACE: &str = "UPDATE events SET position = placed.position FROM \
    (SELECT sequence, $1 + row_number() OVER (ORDER BY sequence) AS position FROM events WHERE position IS NULL \
    ORDER BY sequence LIMIT $2) AS placed WHERE events.sequence = placed.sequence";

/// Events after the place `after`, of one person or of all, in the order of their places; at most `limit`.
pub fn read_on(
    connection: &mut Connection,
    after: i64,
    person: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<Recorded>> {
    let mut query = events::table.filter(events::position.gt(after)).into_boxed();
    if let Some(person) = person {
        query = query.filter(events::person_id.eq(person.to_owned()));
    }
    let columns = (
        events::position.assume_not_null(),
        events::at,
        events::kind,
        events::actor,
        events::person_id,
        events::client_id,
        events::session_id,
        events::detail,
        events::reference,
    );
    query.order(events::position).limit(limit).select(columns).load(connection)
}

/// The place before the newest `count` events that have one, of one person or of all.
pub fn place_before(connection: &mut Connection, person: Option<&str>, count: i64) -> QueryResult<i64> {
    let mut query = events::table.filter(events::position.is_not_null()).into_boxed();
    if let Some(person) = person {
        query = query.filter(events::person_id.eq(person.to_owned()));
    }
    let newest: Vec<i64> = query
        .order(events::position.desc())
        .limit(count)
        .select(events::position.assume_not_null())
        .load(connection)?;
    Ok(newest.last().map_or(0, |first| first.saturating_sub(1)))
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
