//! Queries about initial access tokens.

use super::InitialAccessToken;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, delete_batch, schema::initial_access_tokens};
use diesel::QueryResult;
use diesel::prelude::*;
use std::time::Duration;

type Row = (String, String, Option<i64>, i64, Option<i64>, Option<i64>);

fn token((id, note, uses_left, created_at, expires_at, revoked_at): Row) -> InitialAccessToken {
    InitialAccessToken {
        id,
        note,
        uses_left,
        created_at: Time::from_millis(created_at),
        expires_at: expires_at.map(Time::from_millis),
        revoked_at: revoked_at.map(Time::from_millis),
    }
}

/// Keeps a token by its hash.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(tx: &mut Connection, token: &InitialAccessToken, hash: &TokenHash) -> QueryResult<()> {
    diesel::insert_into(initial_access_tokens::table)
        .values((
            initial_access_tokens::id.eq(&token.id),
            initial_access_tokens::hash.eq(hash.as_str()),
            initial_access_tokens::note.eq(&token.note),
            initial_access_tokens::uses_left.eq(token.uses_left),
            initial_access_tokens::created_at.eq(token.created_at.millis()),
            initial_access_tokens::expires_at.eq(token.expires_at.map(Time::millis)),
        ))
        .execute(tx)
        .map(drop)
}

/// The token with this hash, valid or not.
pub fn find(connection: &mut Connection, hash: &TokenHash) -> QueryResult<Option<InitialAccessToken>> {
    let row: Option<Row> = initial_access_tokens::table
        .filter(initial_access_tokens::hash.eq(hash.as_str()))
        .select(COLUMNS)
        .first(connection)
        .optional()?;
    Ok(row.map(token))
}

/// All of them, the newest first.
pub fn list(connection: &mut Connection, limit: i64) -> QueryResult<Vec<InitialAccessToken>> {
    let rows: Vec<Row> = initial_access_tokens::table
        .order(initial_access_tokens::id.desc())
        .limit(limit)
        .select(COLUMNS)
        .load(connection)?;
    Ok(rows.into_iter().map(token).collect())
}

const COLUMNS: (
    initial_access_tokens::id,
    initial_access_tokens::note,
    initial_access_tokens::uses_left,
    initial_access_tokens::created_at,
    initial_access_tokens::expires_at,
    initial_access_tokens::revoked_at,
) = (
    initial_access_tokens::id,
    initial_access_tokens::note,
    initial_access_tokens::uses_left,
    initial_access_tokens::created_at,
    initial_access_tokens::expires_at,
    initial_access_tokens::revoked_at,
);

/// Uses a token once: one conditional update, so that of any number of registrations at once no more win than it has
/// uses. Returns its id; `None` when it is not valid (any more).
pub fn spend(tx: &mut Connection, hash: &TokenHash, now: Time) -> QueryResult<Option<String>> {
    let good = initial_access_tokens::table
        .filter(initial_access_tokens::hash.eq(hash.as_str()))
        .filter(initial_access_tokens::revoked_at.is_null())
        .filter(initial_access_tokens::expires_at.is_null().or(initial_access_tokens::expires_at.gt(now.millis())))
        .filter(initial_access_tokens::uses_left.is_null().or(initial_access_tokens::uses_left.gt(0)));
    let used = diesel::update(good)
        .set(initial_access_tokens::uses_left.eq(initial_access_tokens::uses_left - 1))
        .execute(tx)?;
    if used == 0 {
        return Ok(None);
    }
    Ok(find(tx, hash)?.map(|token| token.id))
}

/// Takes a token back; false when there is none of this id, or it was taken back before.
pub fn revoke(tx: &mut Connection, id: &str, now: Time) -> QueryResult<bool> {
    let live = initial_access_tokens::table
        .filter(initial_access_tokens::id.eq(id).and(initial_access_tokens::revoked_at.is_null()));
    diesel::update(live)
        .set(initial_access_tokens::revoked_at.eq(Some(now.millis())))
        .execute(tx)
        .map(|updated| updated == 1)
}

/// How long one that ended or was taken back is still listed.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Deletes tokens that ended or were taken back long ago, at most `limit`; returns how many. One that is used up and has
/// no end stays: nobody knows when its last use was, and it was made by hand.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    let before = (now - KEPT).millis();
    let over = initial_access_tokens::expires_at.lt(before).or(initial_access_tokens::revoked_at.lt(before));
    delete_batch!(tx, initial_access_tokens by id: String, over, limit)
}
