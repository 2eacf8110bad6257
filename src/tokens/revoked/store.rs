//! Queries about revoked tokens.

use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_once, schema::revoked_tokens};
use diesel::QueryResult;
use diesel::prelude::*;

/// Revokes one access token by its `jti`; false when it was revoked before.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub fn insert(tx: &mut Connection, jti: &str, expires_at: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(revoked_tokens::table)
            .values((revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(expires_at.millis())))
    )
}

/// Whether an access token was revoked.
pub fn contains(connection: &mut Connection, jti: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(revoked_tokens::table.find(jti))).get_result(connection)
}

/// Deletes what has expired anyway; returns how many.
pub fn sweep(tx: &mut Connection, before: Time) -> QueryResult<usize> {
    diesel::delete(revoked_tokens::table.filter(revoked_tokens::expires_at.lt(before.millis()))).execute(tx)
}
