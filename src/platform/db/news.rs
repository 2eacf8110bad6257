//! What a transaction wrote that somebody of this server waits for: its commit tells them, and no caller has to.

use super::Connection;
use diesel::QueryResult;
use std::cell::Cell;

thread_local! {
    /// A transaction runs on one thread from its begin to its end.
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// Notes, in a transaction of [`super::Db::write`], that there is news. Nobody is told if it is rolled back.
pub fn note() {
    NOTED.set(true);
}

/// Runs `work`, and tells whether it noted something.
pub(super) fn watched<T>(
    work: impl FnOnce(&mut Connection) -> QueryResult<T>,
    tx: &mut Connection,
) -> QueryResult<(T, bool)> {
    NOTED.set(false);
    let done = work(tx);
    let noted = NOTED.replace(false);
    Ok((done?, noted))
}
