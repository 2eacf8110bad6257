//! The durable store: Diesel on SQLite or PostgreSQL, one schema, one set of queries.
//!
//! A closure is a blocking task and one transaction: `db.write(move |tx| store::redeem(tx, …)).await?`. Inside, queries
//! are plain synchronous Diesel. An `Err` rolls back; an outcome that must leave a trace is an `Ok` value.

mod attempt;
mod connection;
mod migrate;
pub mod news;
mod pool;
pub mod schema;
mod snapshot;
mod time;
mod together;
mod writer;

pub use connection::{AnyConnection as Connection, Engine, WITHOUT_PREPARED_STATEMENTS, shares_sessions};
pub(in crate::platform) use connection::{explained, open_sqlite};
pub use migrate::{MigrationState, migrate, state};
pub use pool::{Db, PATIENCE};
pub use snapshot::{Held, NotHeld, faults, hold, snapshot};
pub use time::time;
pub use together::Together;
pub(in crate::platform) use writer::{Target, Upkeep, Writer};

/// Runs an insert statement unless a unique index already holds its value: `Ok(true)` when this call wrote. Waits for
/// another transaction that is about to write the same. (The dialects differ, so each engine gets its own statement.)
macro_rules! insert_once {
    ($tx:expr, $insert:expr) => {
        match $tx {
            $crate::platform::db::Connection::Sqlite(tx) => {
                diesel::RunQueryDsl::execute($insert.on_conflict_do_nothing(), tx)
            }
            $crate::platform::db::Connection::Postgres(tx) => {
                diesel::RunQueryDsl::execute($insert.on_conflict_do_nothing(), tx)
            }
        }
        .map(|written| written == 1)
    };
}
pub(crate) use insert_once;

/// Runs an insert statement of many rows. (A statement for both engines at once can't have more than one row.)
macro_rules! insert_all {
    ($tx:expr, $insert:expr) => {
        match $tx {
            $crate::platform::db::Connection::Sqlite(tx) => diesel::RunQueryDsl::execute($insert, tx),
            $crate::platform::db::Connection::Postgres(tx) => diesel::RunQueryDsl::execute($insert, tx),
        }
    };
}
pub(crate) use insert_all;

/// Deletes the rows of `$table` that `$filter` finds, at most `$limit`, by their key: how many they were. A sweep repeats
/// it until a batch is not full, so that no transaction holds up the others for long.
macro_rules! delete_batch {
    ($tx:expr, $table:ident by $key:ident: $of:ty, $filter:expr, $limit:expr) => {{
        use diesel::prelude::*;
        let keys: diesel::QueryResult<Vec<$of>> =
            $table::table.filter($filter).select($table::$key).limit($limit).load($tx);
        match keys {
            Ok(keys) if keys.is_empty() => Ok(0),
            Ok(keys) => diesel::delete($table::table.filter($table::$key.eq_any(keys))).execute($tx),
            Err(error) => Err(error),
        }
    }};
}
pub(crate) use delete_batch;

/// Lets the statements of this transaction take as long as they need: for the few commands that touch every row.
///
/// # Errors
/// Any failure of the database.
pub fn unbounded(tx: &mut Connection) -> diesel::QueryResult<()> {
    let Connection::Postgres(tx) = tx else { return Ok(()) };
    diesel::connection::SimpleConnection::batch_execute(
        tx,
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'",
    )
}

/// What changes are counted of, a row of `changes` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    Clients,
    Keys,
    /// Its counter is the second from which on things count again after the last recovery of the store; 0 when there was
    /// none.
    Recoveries,
}

impl Topic {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Keys => "keys",
            Self::Recoveries => "epoch",
        }
    }
}

/// Increments a change counter, so that every server drops its cache of that topic.
///
/// # Errors
/// Any failure of the database.
pub fn touch(tx: &mut Connection, topic: Topic) -> diesel::QueryResult<()> {
    use diesel::prelude::*;
    diesel::update(schema::changes::table.find(topic.as_str()))
        .set(schema::changes::counter.eq(schema::changes::counter + 1))
        .execute(tx)
        .map(drop)
}

/// The end of a transaction of which nothing is to stay.
///
/// # Errors
/// Always.
pub fn undone<T>() -> diesel::QueryResult<T> {
    Err(diesel::result::Error::RollbackTransaction)
}

/// The end of a transaction that misses a row that must be there.
///
/// # Errors
/// Always.
pub fn missing<T>() -> diesel::QueryResult<T> {
    Err(diesel::result::Error::NotFound)
}
