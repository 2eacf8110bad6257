//! Embedded migrations, applied at start or with `latchkey migrate`.

use super::connection::{AnyConnection as Connection, Engine, is_pooled, open};
use crate::platform::error::Unavailable;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Two servers that start at once must not migrate at once (any constant will do): one waits for the other, however
/// long it takes. A table that others hold is given up soon, since everybody else would queue behind the migration.
const ALONE: &str = "SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7305810); \
                     SET lock_timeout = '10s'";

/// The same where a session lasts for a transaction only.
const ALONE_IN_A_TRANSACTION: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
                                      SELECT pg_advisory_xact_lock(7305810); SET LOCAL lock_timeout = '10s'";

/// What the schema of a database looks like to this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// Every migration that this binary knows is applied.
    Current,
    /// These are not applied yet.
    Pending(Vec<String>),
}

/// Applies what is pending; returns the names. A database that is current is only read, and one that knows later
/// migrations than this binary is left as it is: they expanded it.
///
/// # Errors
/// When the database cannot be reached or a migration fails, with the command to run.
pub fn migrate(url: &str) -> Result<Vec<String>, Unavailable> {
    let mut connection = connect(url)?;
    let names = pending(&mut connection)?;
    if names.is_empty() {
        return Ok(names);
    }
    apply(connection, is_pooled(url)).map_err(|error| {
        let names = names.join(", ");
        Unavailable::new(format!(
            "the database lacks migrations ({names}) that this user could not apply: {}; run `latchkey migrate` as a user \
             who may change the schema",
            error.cause
        ))
    })
}

fn apply(connection: Connection, is_pooled: bool) -> Result<Vec<String>, Unavailable> {
    match connection {
        // One process at a time: the write lock is held from the first look to the last migration.
        Connection::Sqlite(mut connection) => connection
            .immediate_transaction(|c| Ok::<_, diesel::result::Error>(run(c, SQLITE)))
            .map_err(Unavailable::new)?,
        Connection::Postgres(mut connection) if is_pooled => connection
            .transaction(|c| {
                c.batch_execute(ALONE_IN_A_TRANSACTION)?;
                Ok::<_, diesel::result::Error>(run(c, POSTGRES))
            })
            .map_err(Unavailable::new)?,
        Connection::Postgres(mut connection) => {
            connection.batch_execute(ALONE).map_err(Unavailable::new)?;
            run(&mut connection, POSTGRES)
        }
    }
}

/// Whether the schema is current. Changes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub fn state(url: &str) -> Result<MigrationState, Unavailable> {
    let pending = pending(&mut connect(url)?)?;
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

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Tables {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// The migrations of this binary that the database lacks, in order. Needs no right but to read.
fn pending(connection: &mut Connection) -> Result<Vec<String>, Unavailable> {
    let (mut known, begun) = match connection {
        Connection::Sqlite(_) => (
            names::<diesel::sqlite::Sqlite>(&SQLITE)?,
            "SELECT count(*) AS number FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        ),
        Connection::Postgres(_) => {
            (names::<diesel::pg::Pg>(&POSTGRES)?, "SELECT count(to_regclass('__diesel_schema_migrations')) AS number")
        }
    };
    known.sort();
    let tables: Tables = diesel::sql_query(begun).get_result(connection).map_err(Unavailable::new)?;
    if tables.number == 0 {
        return Ok(known.into_iter().map(|(_, name)| name).collect());
    }
    let applied = diesel::sql_query("SELECT version FROM __diesel_schema_migrations");
    let applied: Vec<Applied> = applied.load(connection).map_err(Unavailable::new)?;
    known.retain(|(version, _)| !applied.iter().any(|applied| applied.version == *version));
    Ok(known.into_iter().map(|(_, name)| name).collect())
}

fn names<Db: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<(String, String)>, Unavailable> {
    let migrations = MigrationSource::<Db>::migrations(source).map_err(Unavailable::new)?;
    Ok(migrations.iter().map(|m| (m.name().version().to_string(), m.name().to_string())).collect())
}
