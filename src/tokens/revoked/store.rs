//! Queries about revoked tokens.

use crate::platform::clock::Time;
use crate::platform::db::Topic;
use crate::platform::db::{Connection, delete_batch, insert_once, schema::changes, schema::revoked_tokens};
use diesel::QueryResult;
use diesel::dsl::exists;
use diesel::prelude::*;

/// Revokes one access token by its `jti`; false when it was revoked before.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(tx: &mut Connection, jti: &str, expires_at: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(revoked_tokens::table)
            .values((revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(expires_at.millis())))
    )
}

/// Whether an access token without a family no longer counts: it was revoked, or it was made before a recovery, which
/// does not know what was revoked until then.
pub fn is_over(connection: &mut Connection, jti: &str, issued_at: i64) -> QueryResult<bool> {
    let before_recovery = changes::table.find(Topic::Recoveries.as_str()).filter(changes::counter.gt(issued_at));
    let over = exists(revoked_tokens::table.find(jti)).or(exists(before_recovery));
    diesel::select(over).get_result(connection)
}

/// Deletes what has expired anyway, at most `limit`; returns how many.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, revoked_tokens by jti: String, revoked_tokens::expires_at.lt(before.millis()), limit)
}
