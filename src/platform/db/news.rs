//! Wakes up tasks of this server when a transaction that wrote something for them commits, without the caller's help.

use super::Connection;
use diesel::QueryResult;
use std::cell::Cell;

thread_local! {
    /// A transaction runs on one thread from start to end.
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// Marks a transaction of [`super::Db::write`] as having news. A rollback discards the mark.
pub fn note() {
    NOTED.set(true);
}

/// Runs `work`, and returns whether it marked news.
pub(super) fn watched<T>(
    work: impl FnOnce(&mut Connection) -> QueryResult<T>,
    tx: &mut Connection,
) -> QueryResult<(T, bool)> {
    NOTED.set(false);
    let done = work(tx);
    let noted = NOTED.replace(false);
    Ok((done?, noted))
}
