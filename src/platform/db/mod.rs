//! The durable store: Diesel on SQLite or PostgreSQL, one schema, one set of queries.
//!
//! A closure is a blocking task and one transaction: `db.write(move |tx| store::redeem(tx, …)).await?`. Inside, queries
//! are plain synchronous Diesel. An `Err` rolls back; an outcome that must leave a trace is an `Ok` value.

mod connection;
mod migrate;
mod pool;
mod time;
pub mod schema;

pub use connection::{AnyConnection as Connection, Engine};
pub use migrate::{MigrationState, migrate, state};
pub use pool::Db;
pub use time::time;

use diesel::result::{DatabaseErrorKind, Error};

/// Runs an insert in a savepoint: false when a unique index already holds the value.
///
/// # Errors
/// Any other failure of the database.
pub fn insert_once(
    tx: &mut Connection,
    insert: impl FnOnce(&mut Connection) -> diesel::QueryResult<usize>,
) -> diesel::QueryResult<bool> {
    use diesel::Connection as _;
    match tx.transaction(insert) {
        Ok(_) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Bumps a change counter, so that every server drops what it cached of that topic.
///
/// # Errors
/// Any failure of the database.
pub fn touch(tx: &mut Connection, topic: &str) -> diesel::QueryResult<()> {
    use diesel::prelude::*;
    diesel::update(schema::changes::table.find(topic))
        .set(schema::changes::counter.eq(schema::changes::counter + 1))
        .execute(tx)
        .map(drop)
}
