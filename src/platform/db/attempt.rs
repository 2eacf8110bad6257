//! A transaction that can be retried, and that is not committed once nobody waits for it.

use super::connection::AnyConnection as Connection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection as _, QueryResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A deadlock is found after a second: more tries have no time.
const MOST_TRIES: u32 = 4;

/// Who waits for an outcome.
#[derive(Clone, Default)]
pub(super) struct Asker(Arc<AtomicBool>);

/// Dropped when they stop waiting.
pub(super) struct Leaves(Arc<AtomicBool>);

impl Asker {
    /// The end of the wait.
    pub(super) fn leaves(&self) -> Leaves {
        Leaves(Arc::clone(&self.0))
    }

    fn has_left(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Runs `work` as one transaction: again when the server chose it as a victim, and to no effect when the asker left.
///
/// A client that got 503 retries, perhaps on another server: a first attempt that committed afterwards would make the second one
/// a replay.
pub(super) fn transact<T, F>(connection: &mut Connection, work: &F, asker: &Asker) -> QueryResult<T>
where
    F: FnOnce(&mut Connection) -> QueryResult<T> + Clone,
{
    let mut tries = 1;
    loop {
        let work = work.clone();
        let outcome = connection.transaction(|tx| {
            let done = work(tx)?;
            if asker.has_left() { Err(Error::RollbackTransaction) } else { Ok(done) }
        });
        match outcome {
            Err(error) if is_victim(&error) && tries < MOST_TRIES && !asker.has_left() => {
                tracing::warn!(%error, tries, "the database aborted the transaction in favour of another: retrying");
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Whether the server ended the transaction in favour of another one: SQLSTATE 40001 or 40P01, of which Diesel tells
/// the second by its message alone.
fn is_victim(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => information.message() == "deadlock detected",
        Error::RollbackErrorOnCommit { commit_error, .. } => is_victim(commit_error),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    fn memory() -> Connection {
        Connection::Sqlite(diesel::SqliteConnection::establish(":memory:").unwrap())
    }

    #[test]
    fn f_11_a_victim_is_tried_again_a_few_times_and_nothing_else_is() {
        let victims = [
            failure(DatabaseErrorKind::SerializationFailure, "could not serialize access"),
            failure(DatabaseErrorKind::Unknown, "deadlock detected"),
        ];
        assert!(victims.iter().all(is_victim));
        let others = [
            failure(DatabaseErrorKind::UniqueViolation, "duplicate key"),
            failure(DatabaseErrorKind::Unknown, "canceling statement due to lock timeout"),
            Error::RollbackTransaction,
        ];
        assert!(!others.iter().any(is_victim));
        let tries = std::cell::Cell::new(0);
        let work = |_: &mut Connection| -> QueryResult<()> {
            tries.set(tries.get() + 1);
            Err(failure(DatabaseErrorKind::SerializationFailure, "always"))
        };
        assert!(transact(&mut memory(), &work, &Asker::default()).is_err());
        assert_eq!(tries.get(), MOST_TRIES);
    }

    #[test]
    fn i4_what_nobody_waits_for_any_more_is_rolled_back() {
        let mut connection = memory();
        diesel::connection::SimpleConnection::batch_execute(&mut connection, "CREATE TABLE t (n INTEGER)").unwrap();
        let insert = |tx: &mut Connection| {
            diesel::connection::SimpleConnection::batch_execute(tx, "INSERT INTO t VALUES (1)")?;
            diesel::RunQueryDsl::execute(diesel::sql_query("UPDATE t SET n = 2"), tx)
        };
        let asker = Asker::default();
        let leaves = asker.leaves();
        assert_eq!(transact(&mut connection, &insert, &asker).unwrap(), 1);
        drop(leaves);
        assert!(transact(&mut connection, &insert, &asker).is_err());
        let rows = diesel::RunQueryDsl::execute(diesel::sql_query("UPDATE t SET n = 3"), &mut connection).unwrap();
        assert_eq!(rows, 1, "the second was committed");
    }
}
