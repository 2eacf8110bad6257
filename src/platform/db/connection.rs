//! One connection type over both engines.

use crate::platform::private_file;
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection};

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
        Engine::Postgres => Ok(AnyConnection::Postgres(open_postgres(url)?)),
    }
}

/// A lock is waited for a little less than a statement may take, so that the log says which of the two it was.
const BOUNDS: &str = "SET statement_timeout = '2s'; SET lock_timeout = '1500ms'; \
                      SET idle_in_transaction_session_timeout = '10s'";

fn open_postgres(url: &str) -> diesel::ConnectionResult<PgConnection> {
    let mut connection = PgConnection::establish(&bounded(url))?;
    let failed = diesel::ConnectionError::CouldntSetupConfiguration;
    connection.batch_execute(BOUNDS).map_err(failed)?;
    let standing: Standing =
        diesel::sql_query("SELECT pg_is_in_recovery() AS standby").get_result(&mut connection).map_err(failed)?;
    if standing.standby { Err(diesel::ConnectionError::BadConnection(STANDBY.to_owned())) } else { Ok(connection) }
}

#[derive(diesel::QueryableByName)]
struct Standing {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    standby: bool,
}

/// What a standby holds may be older than what was answered: nothing is decided by it.
const STANDBY: &str = "the database server is a standby (in recovery), which may lag behind its primary: point \
    `database.url` at the primary, or promote this one and run `latchkey recover`";

fn unusable(path: &str, error: &std::io::Error) -> diesel::ConnectionError {
    diesel::ConnectionError::BadConnection(format!("{path}: {error}"))
}

/// What libpq is told where the operator's URL says nothing: a server that does not answer is given up after two
/// seconds, and one that vanished without a word is noticed after some fifteen.
const LIBPQ: [(&str, &str); 5] = [
    ("connect_timeout", "2"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "2"),
    ("tcp_user_timeout", "15000"),
];

fn bounded(url: &str) -> String {
    let mut bounded = url.to_owned();
    let mut add = |name: &str, value: &str| {
        if !bounded.contains(&format!("{name}=")) {
            let separator = if bounded.contains('?') { '&' } else { '?' };
            bounded.push_str(&format!("{separator}{name}={value}"));
        }
    };
    LIBPQ.iter().for_each(|(name, value)| add(name, value));
    // Of several servers the one that takes writes, wherever it is by now.
    let servers = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
    if servers.contains(',') {
        add("target_session_attrs", "read-write");
    }
    bounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_wrote_into_the_url_stands() {
        let url = bounded("postgres://u@h/d?connect_timeout=9");
        assert!(url.starts_with("postgres://u@h/d?connect_timeout=9&keepalives_idle=5&"), "{url}");
        assert!(!url.contains("target_session_attrs"), "{url}");
        assert!(bounded("postgres://u@a,b/d").ends_with("&target_session_attrs=read-write"));
        assert!(bounded("postgres://u@a,b/d?target_session_attrs=any").ends_with("tcp_user_timeout=15000"));
    }
}
