//! Makes assertions single-use (RFC 7523 §3), across replicas and restarts.

use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, delete_batch, insert_once, schema::spent_assertions};
use diesel::QueryResult;
use diesel::prelude::*;

/// Marks an assertion as used; false when it was already used.
///
/// # Errors
/// Any failure of the database.
pub(super) fn spend(tx: &mut Connection, hash: &TokenHash, until: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(spent_assertions::table)
            .values((spent_assertions::hash.eq(hash.as_str()), spent_assertions::expires_at.eq(until.millis())))
    )
}

/// Deletes expired rows, at most `limit`; returns how many.
pub(super) fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, spent_assertions by hash: String, spent_assertions::expires_at.lt(before.millis()), limit)
}
