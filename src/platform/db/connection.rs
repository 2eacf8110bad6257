//! One connection type over both engines.

use crate::platform::private_file;
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// A connection to the durable store, whichever engine it is.
#[derive(diesel::MultiConnection)]
#[allow(missing_docs, reason = "the derive writes items that carry no documentation")]
pub enum AnyConnection {
    /// Embedded.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConnection),
}

/// Which engine a database URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `sqlite://PATH`
    Sqlite,
    /// `postgres://…`
    Postgres,
}

impl Engine {
    /// Reads the scheme of `database.url`.
    pub fn of(url: &str) -> Option<Self> {
        if url.starts_with("sqlite:") {
            Some(Self::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Some(Self::Postgres)
        } else {
            None
        }
    }
}

/// The file that a `sqlite:` URL names.
pub(super) fn sqlite_path(url: &str) -> &str {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    rest.strip_prefix("//").unwrap_or(rest)
}

/// Opens a connection with the settings that every one of its engine has.
pub(super) fn open(engine: Engine, url: &str) -> diesel::ConnectionResult<AnyConnection> {
    match engine {
        Engine::Sqlite => {
            let path = sqlite_path(url);
            // SQLite gives its side files the mode of the main one.
            private_file::create(path.as_ref()).map_err(|error| unusable(path, &error))?;
            let mut connection = SqliteConnection::establish(path)?;
            // FULL: what was answered survives a power cut. Pragmas belong to the connection, not to the file.
            connection
                .batch_execute(
                    "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000;",
                )
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConnection::Sqlite(connection))
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(&bounded(url))?;
            connection
                .batch_execute("SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '10s'")
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(AnyConnection::Postgres(connection))
        }
    }
}

fn unusable(path: &str, error: &std::io::Error) -> diesel::ConnectionError {
    diesel::ConnectionError::BadConnection(format!("{path}: {error}"))
}

/// A server that does not answer is given up after two seconds.
fn bounded(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout=2")
}
