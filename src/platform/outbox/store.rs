//! Queries about the outbox.

use super::{Message, NewMessage, Next};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, news, schema::outbox};
use diesel::QueryResult;
use diesel::prelude::*;

/// A receipt says no more than this of an error, in characters.
const LONGEST_ERROR: usize = 200;

/// Writes a message, in the transaction of what it tells of; its commit wakes the server that sends.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(tx: &mut Connection, id: &str, message: &NewMessage, now: Time) -> QueryResult<()> {
    news::note();
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::kind.eq(message.kind),
            outbox::client_id.eq(message.client_id.as_deref()),
            outbox::payload.eq(&message.payload),
            outbox::attempts.eq(0),
            outbox::next_attempt_at.eq(now.millis()),
            outbox::claimed_until.eq(0),
            outbox::created_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// What may be claimed.
#[derive(Queryable)]
pub(super) struct Due {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) client_id: Option<String>,
}

/// What may be claimed, longest due first; nothing for the destinations that are `full`.
pub(super) fn due(
    connection: &mut Connection,
    kinds: &[&str],
    full: &[String],
    now: Time,
    limit: i64,
) -> QueryResult<Vec<Due>> {
    let to_kind = outbox::client_id.is_null().and(outbox::kind.ne_all(full));
    let to_client = outbox::client_id.is_not_null().and(outbox::client_id.assume_not_null().ne_all(full));
    outbox::table
        .filter(outbox::done_at.is_null().and(outbox::next_attempt_at.le(now.millis())))
        .filter(outbox::claimed_until.le(now.millis()).and(outbox::kind.eq_any(kinds)))
        .filter(to_kind.or(to_client))
        .order(outbox::next_attempt_at)
        .limit(limit)
        .select((outbox::id, outbox::kind, outbox::client_id))
        .load(connection)
}

/// What waits and is sealed: every kind but those named, which say nothing secret.
pub fn list_sealed(connection: &mut Connection, but: &[&str]) -> QueryResult<Vec<(String, String)>> {
    outbox::table
        .filter(outbox::done_at.is_null().and(outbox::kind.ne_all(but)))
        .order(outbox::id)
        .select((outbox::id, outbox::payload))
        .load(connection)
}

/// What of a kind waits to be sent, oldest first: row, payload and since when, in milliseconds.
pub fn list_waiting(connection: &mut Connection, kind: &str, limit: i64) -> QueryResult<Vec<(String, String, i64)>> {
    outbox::table
        .filter(outbox::done_at.is_null().and(outbox::kind.eq(kind)))
        .order(outbox::id)
        .limit(limit)
        .select((outbox::id, outbox::payload, outbox::created_at))
        .load(connection)
}

/// Replaces the seal of what waits by one under another master key.
pub fn reseal(tx: &mut Connection, id: &str, payload: &str) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::id.eq(id).and(outbox::done_at.is_null())))
        .set(outbox::payload.eq(payload))
        .execute(tx)
        .map(drop)
}

/// Claims messages, one conditional update each: what another server claimed since it was looked for stays its own.
pub(super) fn claim(tx: &mut Connection, ids: &[String], now: Time, until: Time) -> QueryResult<Vec<Message>> {
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        let free = outbox::table.filter(
            outbox::id
                .eq(id)
                .and(outbox::done_at.is_null())
                .and(outbox::next_attempt_at.le(now.millis()))
                .and(outbox::claimed_until.le(now.millis())),
        );
        let set = (outbox::claimed_until.eq(until.millis()), outbox::attempts.eq(outbox::attempts + 1));
        if diesel::update(free).set(set).execute(tx)? == 1 {
            claimed.push(find(tx, id)?);
        }
    }
    Ok(claimed)
}

fn find(tx: &mut Connection, id: &str) -> QueryResult<Message> {
    type Row = (String, String, Option<String>, String, i64, i64, i64);
    let (id, kind, client_id, payload, attempts, created_at, claimed_until): Row = outbox::table
        .find(id)
        .select((
            outbox::id,
            outbox::kind,
            outbox::client_id,
            outbox::payload,
            outbox::attempts,
            outbox::created_at,
            outbox::claimed_until,
        ))
        .first(tx)?;
    let time = Time::from_millis;
    Ok(Message {
        id,
        kind,
        client_id,
        payload,
        attempts,
        created_at: time(created_at),
        claimed_until: time(claimed_until),
    })
}

/// Writes the receipt, or when to try again. What is over is over, whoever held the claim; another try is only named
/// by the server that still holds it.
pub(super) fn settle(tx: &mut Connection, message: &Message, next: &Next, now: Time) -> QueryResult<()> {
    let open = outbox::table.filter(outbox::id.eq(&message.id).and(outbox::done_at.is_null()));
    let shortened = |error: &str| error.chars().take(LONGEST_ERROR).collect::<String>();
    match next {
        Next::Done { outcome, error } => diesel::update(open)
            .set((
                outbox::done_at.eq(Some(now.millis())),
                outbox::outcome.eq(Some(outcome)),
                outbox::last_error.eq(error.as_deref().map(shortened)),
            ))
            .execute(tx),
        Next::Again { at, error } => {
            diesel::update(open.filter(outbox::claimed_until.eq(message.claimed_until.millis())))
                .set((
                    outbox::next_attempt_at.eq(at.millis()),
                    outbox::claimed_until.eq(0),
                    outbox::last_error.eq(Some(shortened(error))),
                ))
                .execute(tx)
        }
    }
    .map(drop)
}

/// How many wait to be sent.
pub fn count_pending(connection: &mut Connection) -> QueryResult<i64> {
    outbox::table.filter(outbox::done_at.is_null()).count().get_result(connection)
}

/// What waits to be sent, as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub count: i64,
    /// What the oldest is.
    pub kind: String,
    /// Since when it waits, in milliseconds.
    pub oldest: i64,
    /// What went wrong with it last.
    pub last_error: Option<String>,
}

/// What waits to be sent; `None` where nothing does.
pub fn waiting(connection: &mut Connection) -> QueryResult<Option<Waiting>> {
    let oldest: Option<(String, i64, Option<String>)> = outbox::table
        .filter(outbox::done_at.is_null())
        .order(outbox::created_at)
        .select((outbox::kind, outbox::created_at, outbox::last_error))
        .first(connection)
        .optional()?;
    let Some((kind, oldest, last_error)) = oldest else { return Ok(None) };
    Ok(Some(Waiting { count: count_pending(connection)?, kind, oldest, last_error }))
}

/// A message for a list.
#[derive(Clone, Debug, Queryable)]
pub struct Listed {
    pub id: String,
    pub kind: String,
    /// Whom it goes to, if that is a client.
    pub client_id: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in milliseconds.
    pub next_attempt_at: i64,
    /// When it was over, in milliseconds.
    pub done_at: Option<i64>,
    /// `delivered`, `refused`, `expired`; none while it waits.
    pub outcome: Option<String>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was written, in milliseconds.
    pub created_at: i64,
}

/// Messages, newest first: what waits and what failed, or with `delivered` everything that is kept.
pub fn list(connection: &mut Connection, delivered: bool, limit: i64) -> QueryResult<Vec<Listed>> {
    let mut query = outbox::table.into_boxed();
    if !delivered {
        query = query.filter(outbox::outcome.is_null().or(outbox::outcome.ne("delivered")));
    }
    query
        .order(outbox::created_at.desc())
        .limit(limit)
        .select((
            outbox::id,
            outbox::kind,
            outbox::client_id,
            outbox::attempts,
            outbox::next_attempt_at,
            outbox::done_at,
            outbox::outcome,
            outbox::last_error,
            outbox::created_at,
        ))
        .load(connection)
}

/// Gives up what was written before `before` and nobody sends any more, such as a kind that is switched off, at most
/// `limit`; returns how many.
pub fn expire(tx: &mut Connection, before: Time, now: Time, limit: i64) -> QueryResult<usize> {
    let ids: Vec<String> = outbox::table
        .filter(outbox::done_at.is_null().and(outbox::created_at.lt(before.millis())))
        .filter(outbox::claimed_until.le(now.millis()))
        .select(outbox::id)
        .limit(limit)
        .load(tx)?;
    let stale = outbox::table.filter(outbox::id.eq_any(ids).and(outbox::done_at.is_null()));
    diesel::update(stale.filter(outbox::claimed_until.le(now.millis())))
        .set((outbox::done_at.eq(Some(now.millis())), outbox::outcome.eq(Some("expired"))))
        .execute(tx)
}

/// Deletes receipts of before `before`, at most `limit`; returns how many.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    let ids: Vec<String> =
        outbox::table.filter(outbox::done_at.lt(before.millis())).select(outbox::id).limit(limit).load(tx)?;
    diesel::delete(outbox::table.filter(outbox::id.eq_any(ids))).execute(tx)
}
