//! Queries about imports.

use super::Progress;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, delete_batch, schema::imports};
use diesel::QueryResult;
use diesel::prelude::*;
use std::time::Duration;

/// The progress of a file's interrupted import.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(tx: &mut Connection, digest: &str) -> QueryResult<Option<Progress>> {
    let columns = (imports::done, imports::created, imports::updated, imports::unchanged, imports::refused);
    let row: Option<(i64, i64, i64, i64, i64)> = imports::table.find(digest).select(columns).first(tx).optional()?;
    Ok(row.map(|(done, created, updated, unchanged, refused)| Progress { done, created, updated, unchanged, refused }))
}

/// Keeps how far an import came.
pub fn keep(tx: &mut Connection, digest: &str, progress: &Progress, now: Time) -> QueryResult<()> {
    forget(tx, digest)?;
    diesel::insert_into(imports::table)
        .values((
            imports::digest.eq(digest),
            imports::done.eq(progress.done),
            imports::created.eq(progress.created),
            imports::updated.eq(progress.updated),
            imports::unchanged.eq(progress.unchanged),
            imports::refused.eq(progress.refused),
            imports::updated_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// The import is done, or start again.
pub fn forget(tx: &mut Connection, digest: &str) -> QueryResult<()> {
    diesel::delete(imports::table.find(digest)).execute(tx).map(drop)
}

/// How long an import that was cut off can be taken up again.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Forgets imports that were cut off long ago, at most `limit`; returns how many.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, imports by digest: String, imports::updated_at.lt((now - KEPT).millis()), limit)
}
