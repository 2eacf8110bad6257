//! What one step does to the file, and how its outcome waits for the commit.

use super::unavailable;
use crate::platform::{clock::Time, error::Unavailable};
use diesel::{prelude::*, sqlite::SqliteConnection};
use tokio::sync::oneshot;

diesel::table! {
    entry (key) {
        key -> Binary,
        value -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    store (only) {
        only -> Integer,
        id -> Text,
    }
}

/// The tables; `expires_at` is in milliseconds since 1970.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB NOT NULL, expires_at INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS entry_expires_at ON entry (expires_at);
    CREATE TABLE IF NOT EXISTS store (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL) STRICT;";

/// Something to do on the connection, answered once it is committed.
pub(super) trait Job: Send {
    /// Whether the caller has stopped waiting: the step is then left undone.
    fn abandoned(&self) -> bool;
    /// Does it, inside the transaction.
    fn run(&mut self, tx: &mut SqliteConnection, now: Time) -> QueryResult<()>;
    /// Tells the caller, after the transaction.
    fn settle(self: Box<Self>, committed: Result<(), Unavailable>);
}

/// A [`Job`] with a result of type `T`.
pub(super) struct Step<T, F> {
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, Unavailable>>,
}

impl<T, F> Step<T, F> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, Unavailable>>) -> Self {
        Self { work: Some(work), result: None, reply }
    }
}

impl<T, F> Job for Step<T, F>
where
    T: Send,
    F: FnOnce(&mut SqliteConnection, Time) -> QueryResult<T> + Send,
{
    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut SqliteConnection, now: Time) -> QueryResult<()> {
        if let Some(work) = self.work.take() {
            self.result = Some(work(tx, now)?);
        }
        Ok(())
    }

    fn settle(self: Box<Self>, committed: Result<(), Unavailable>) {
        let Self { result, reply, .. } = *self;
        let result = committed.and_then(|()| result.ok_or_else(|| unavailable(&"the step did not run")));
        // Nobody listens when the caller went away meanwhile.
        let _ = reply.send(result);
    }
}

pub(super) fn find(tx: &mut SqliteConnection, key: &[u8], now: Time) -> QueryResult<Option<Vec<u8>>> {
    let live = entry::table.find(key).filter(entry::expires_at.gt(now.millis()));
    live.select(entry::value).first(tx).optional()
}

pub(super) fn write(tx: &mut SqliteConnection, key: &[u8], value: &[u8], until: Time) -> QueryResult<()> {
    let row = (entry::key.eq(key), entry::value.eq(value), entry::expires_at.eq(until.millis()));
    diesel::replace_into(entry::table).values(row).execute(tx).map(drop)
}

pub(super) fn take(tx: &mut SqliteConnection, key: &[u8], now: Time) -> QueryResult<Option<Vec<u8>>> {
    let value = find(tx, key, now)?;
    if value.is_some() {
        diesel::delete(entry::table.find(key)).execute(tx)?;
    }
    Ok(value)
}

/// Counts are decimal text, as Redis keeps them.
pub(super) fn increment(tx: &mut SqliteConnection, key: &[u8], until: Time, now: Time) -> QueryResult<u64> {
    let Some(value) = find(tx, key, now)? else {
        return write(tx, key, b"1", until).map(|()| 1);
    };
    let count = std::str::from_utf8(&value).ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let count = count.saturating_add(1);
    diesel::update(entry::table.find(key)).set(entry::value.eq(count.to_string().as_bytes())).execute(tx)?;
    Ok(count)
}

pub(super) fn ping(tx: &mut SqliteConnection) -> QueryResult<()> {
    store::table.select(store::id).first::<String>(tx).optional().map(drop)
}

pub(super) fn store_id(tx: &mut SqliteConnection, candidate: String) -> QueryResult<String> {
    diesel::insert_or_ignore_into(store::table).values((store::only.eq(1), store::id.eq(candidate))).execute(tx)?;
    store::table.select(store::id).first(tx)
}

/// Deletes at most `limit` expired rows and returns how many it deleted.
pub(super) fn sweep(tx: &mut SqliteConnection, now: Time, limit: i64) -> QueryResult<usize> {
    let expired = entry::table.filter(entry::expires_at.le(now.millis())).order(entry::expires_at);
    let keys: Vec<Vec<u8>> = expired.select(entry::key).limit(limit).load(tx)?;
    keys.iter().map(|key| diesel::delete(entry::table.find(key)).execute(tx)).sum()
}
