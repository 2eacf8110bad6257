//! Embedded migrations, applied at start or with `latchkey migrate`.

use super::connection::{AnyConnection as Connection, Engine, open};
use crate::platform::error::Unavailable;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Two servers that start at once must not migrate at once (any constant will do).
const ADVISORY_LOCK: &str = "SELECT pg_advisory_lock(7305810)";

/// What the schema of a database looks like to this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// Every migration that this binary knows is applied.
    Current,
    /// These are not applied yet.
    Pending(Vec<String>),
}

/// Applies what is pending; returns the names.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub fn migrate(url: &str) -> Result<Vec<String>, Unavailable> {
    match connect(url)? {
        Connection::Sqlite(mut connection) => {
            // One process at a time: the write lock is held from the first look to the last migration.
            connection
                .immediate_transaction(|c| Ok::<_, diesel::result::Error>(run(c, SQLITE)))
                .map_err(Unavailable::new)?
        }
        Connection::Postgres(mut connection) => {
            diesel::sql_query(ADVISORY_LOCK).execute(&mut connection).map_err(Unavailable::new)?;
            run(&mut connection, POSTGRES)
        }
    }
}

/// Tells whether the schema is current.
///
/// # Errors
/// When the database cannot be reached.
pub fn state(url: &str) -> Result<MigrationState, Unavailable> {
    let pending = match connect(url)? {
        Connection::Sqlite(mut connection) => pending(&mut connection, SQLITE)?,
        Connection::Postgres(mut connection) => pending(&mut connection, POSTGRES)?,
    };
    Ok(if pending.is_empty() { MigrationState::Current } else { MigrationState::Pending(pending) })
}

fn connect(url: &str) -> Result<Connection, Unavailable> {
    let engine =
        Engine::of(url).ok_or_else(|| Unavailable::new("database.url is neither sqlite:// nor postgres://"))?;
    open(engine, url).map_err(Unavailable::new)
}

fn run<Db: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<Db>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, Unavailable> {
    let applied = connection.run_pending_migrations(source).map_err(Unavailable::new)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn pending<Db: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<Db>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, Unavailable> {
    let pending = connection.pending_migrations(source).map_err(Unavailable::new)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}
