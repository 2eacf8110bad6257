//! One connection type over both engines.

use crate::platform::error::Unavailable;
use crate::platform::{file_locks, private_file};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection};
use std::collections::HashSet;

/// A connection to the durable store, whichever engine it is.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
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

/// FULL: confirmed writes survive a power cut. Pragmas belong to the connection, not to the file. The timeout first:
/// switching to WAL already may meet another process.
const SQLITE: &str = "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000;";

/// For every page cache of the process together, however many connections there are: 24 MiB.
const ALL_CACHES: &str = "PRAGMA soft_heap_limit = 25165824";

/// Opens a file with the settings of its store, and makes it where there is none, readable by its owner alone.
pub(in crate::platform) fn open_sqlite(path: &str, settings: &str) -> diesel::ConnectionResult<SqliteConnection> {
    // SQLite gives its side files the mode of the main one.
    private_file::create(path.as_ref()).map_err(|error| unusable(path, &error))?;
    let mut connection = SqliteConnection::establish(path)?;
    for statements in [settings, ALL_CACHES] {
        connection.batch_execute(statements).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(connection)
}

/// A failure of an embedded store, with the cause that SQLite can't know.
pub(in crate::platform) fn explained(error: &dyn std::fmt::Display, path: &str) -> Unavailable {
    let text = error.to_string();
    if !text.contains("locked") {
        return Unavailable::new(text);
    }
    let index = format!("{path}-shm");
    match file_locks::writers(&[path.as_ref(), index.as_ref()]).as_slice() {
        [] => Unavailable::new(format!("{text}: another process held the write lock of {path} for longer than 2 s")),
        others => Unavailable::new(format!("{text}: {} holds the write lock of {path}", others.join(" and "))),
    }
}

/// Opens a connection with the settings that every one of its engine has.
pub(super) fn open(engine: Engine, url: &str) -> diesel::ConnectionResult<AnyConnection> {
    match engine {
        Engine::Sqlite => Ok(AnyConnection::Sqlite(open_sqlite(sqlite_path(url), SQLITE)?)),
        Engine::Postgres => Ok(AnyConnection::Postgres(open_postgres(url)?)),
    }
}

/// At the end of a PostgreSQL URL: nothing of the session outlives a transaction, because a pooler (PgBouncer with
/// `pool_mode = transaction`) gives the next transaction another session. Not part of what libpq is given.
pub const WITHOUT_PREPARED_STATEMENTS: &str = "#without-prepared-statements";

/// The URL for libpq, and whether sessions last as long as connections.
fn parts(url: &str) -> (&str, bool) {
    url.strip_suffix(WITHOUT_PREPARED_STATEMENTS).map_or((url, true), |url| (url, false))
}

/// Whether each transaction may run in another session.
pub(super) fn is_pooled(url: &str) -> bool {
    !parts(url).1
}

/// Sets the bounds of a transaction where the session can't keep them.
pub(super) fn bound(tx: &mut AnyConnection) -> diesel::QueryResult<()> {
    tx.batch_execute(
        "SET LOCAL statement_timeout = '2s'; SET LOCAL lock_timeout = '1500ms'; \
         SET LOCAL idle_in_transaction_session_timeout = '10s'",
    )
}

/// A lock is waited for a little less than a statement may take, so that the log says which of the two it was.
const BOUNDS: &str = "SET statement_timeout = '2s'; SET lock_timeout = '1500ms'; \
                      SET idle_in_transaction_session_timeout = '10s'";

fn open_postgres(url: &str) -> diesel::ConnectionResult<PgConnection> {
    let (url, session) = parts(url);
    let mut connection = PgConnection::establish(&bounded(url))?;
    let failed = diesel::ConnectionError::CouldntSetupConfiguration;
    if session {
        connection.batch_execute(BOUNDS).map_err(failed)?;
    } else {
        // Statements without a name are prepared and run in one message, which stays in one session.
        connection.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
    }
    let standing: Standing = diesel::sql_query(
        "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only",
    )
    .get_result(&mut connection)
    .map_err(failed)?;
    match standing {
        Standing { standby: true, .. } => Err(diesel::ConnectionError::BadConnection(STANDBY.to_owned())),
        Standing { read_only: true, .. } => Err(diesel::ConnectionError::BadConnection(READ_ONLY.to_owned())),
        Standing { .. } => Ok(connection),
    }
}

#[derive(diesel::QueryableByName)]
struct Session {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    process: i32,
}

/// Whether two connections that are open at the same time can be one session of the server: a pooler that gives
/// sessions to transactions is in between.
///
/// # Errors
/// When the server can't be reached.
pub fn shares_sessions(url: &str) -> Result<bool, Unavailable> {
    // As behind a pooler, or the question itself would go wrong there.
    let url = format!("{}{WITHOUT_PREPARED_STATEMENTS}", parts(url).0);
    let mut both = [open_postgres(&url).map_err(Unavailable::new)?, open_postgres(&url).map_err(Unavailable::new)?];
    let mut seen = [HashSet::new(), HashSet::new()];
    // Several times: a busy pooler may give each a session of its own now and then.
    for _ in 0..8 {
        for (connection, seen) in both.iter_mut().zip(&mut seen) {
            let session = diesel::sql_query("SELECT pg_backend_pid() AS process").get_result::<Session>(connection);
            seen.insert(session.map_err(Unavailable::new)?.process);
        }
    }
    let [first, second] = seen;
    Ok(first.len() > 1 || second.len() > 1 || !first.is_disjoint(&second))
}

#[derive(diesel::QueryableByName)]
struct Standing {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    standby: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    read_only: bool,
}

/// A standby may lag behind confirmed writes, so nothing may be decided by it.
const STANDBY: &str = "the database server is a standby (in recovery), which may lag behind its primary: point \
    `database.url` at the primary, or promote this one and run `latchkey recover`";

/// A former primary that was fenced off, or a role that may only read: nothing can be confirmed by it.
const READ_ONLY: &str = "the database server accepts no writes from this user (default_transaction_read_only is on): point \
    `database.url` at the server that does, or set it off";

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

    /// The locks of this process on a file, as the kernel has them (`proc(5)`, `/proc/locks`).
    #[cfg(target_os = "linux")]
    fn locks(path: &str) -> usize {
        use std::os::unix::fs::MetadataExt as _;
        let inode = format!(":{} ", std::fs::metadata(path).unwrap().ino());
        let process = format!(" {} ", std::process::id());
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        locks.lines().filter(|line| line.contains("POSIX") && line.contains(&inode) && line.contains(&process)).count()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn every_lock_on_the_file_is_held_however_often_it_is_opened_and_closed() {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        let path = std::env::temp_dir().join(format!("lk-locks-{name}"));
        let url = format!("sqlite://{}", path.display());
        let path = path.display().to_string();
        let held = |when: &str| {
            assert!(locks(&path) > 0, "no lock on the database {when}");
            assert!(locks(&format!("{path}-shm")) > 0, "no lock on its index {when}");
        };
        let mut open_ones = vec![open(Engine::Sqlite, &url).unwrap()];
        open_ones[0].batch_execute("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)").unwrap();
        held("after the first connection");
        for number in 2..6 {
            open_ones.push(open(Engine::Sqlite, &url).unwrap());
            held(&format!("after connection {number}"));
        }
        open_ones.truncate(1);
        drop(open(Engine::Sqlite, &url).unwrap());
        held("after others were closed");
        assert!(std::path::Path::new(&format!("{path}-wal")).exists());
        drop(open_ones);
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn what_the_operator_wrote_into_the_url_stands() {
        let url = bounded("postgres://u@h/d?connect_timeout=9");
        assert!(url.starts_with("postgres://u@h/d?connect_timeout=9&keepalives_idle=5&"), "{url}");
        assert!(!url.contains("target_session_attrs"), "{url}");
        assert!(bounded("postgres://u@a,b/d").ends_with("&target_session_attrs=read-write"));
        assert!(bounded("postgres://u@a,b/d?target_session_attrs=any").ends_with("tcp_user_timeout=15000"));
    }
}
