//! What one step does to the file.

use crate::platform::clock::Time;
use diesel::{prelude::*, sqlite::SqliteConnection};

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

/// Writes a row that nobody reads, and that is soon swept.
pub(super) fn ping(tx: &mut SqliteConnection, now: Time) -> QueryResult<()> {
    write(tx, b"probe", &now.millis().to_le_bytes(), now)
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
