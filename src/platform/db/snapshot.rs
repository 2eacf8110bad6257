//! Copies of an embedded store's file while others write to it, and the judgement of one that comes back.

use super::connection::{Engine, open};
use crate::platform::error::Unavailable;
use crate::platform::private_file;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes the present content of the file `source` into the new file `target` (mode 0600). Writers continue
/// meanwhile: it is one read transaction. What was deleted is not in the copy (`VACUUM INTO`).
///
/// # Errors
/// When either file can't be used, or `target` is there already.
pub fn snapshot(source: &Path, target: &Path) -> Result<(), Unavailable> {
    let named = |error: &dyn std::fmt::Display| Unavailable::new(format!("{}: {error}", target.display()));
    let (source, path) = (text(source)?, text(target)?);
    let mut connection = open(Engine::Sqlite, &format!("sqlite://{source}")).map_err(Unavailable::new)?;
    private_file::create_new(target).map_err(|error| named(&error))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path).execute(&mut connection).map_err(|error| named(&error))?;
    Ok(())
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Orphan {
    #[diesel(sql_type = Text)]
    table: String,
}

/// Faults of a store's file: damaged pages, or references to missing rows. Empty when it is intact.
///
/// # Errors
/// When it can't be read at all.
pub fn faults(path: &Path) -> Result<Vec<String>, Unavailable> {
    let mut connection = existing(path).map_err(Unavailable::new)?;
    let said: Vec<Said> =
        diesel::sql_query("PRAGMA integrity_check(5)").load(&mut connection).map_err(Unavailable::new)?;
    let orphans: Vec<Orphan> =
        diesel::sql_query("PRAGMA foreign_key_check").load(&mut connection).map_err(Unavailable::new)?;
    let damaged = said.into_iter().map(|said| said.integrity_check).filter(|said| said != "ok");
    let mut orphans: Vec<_> = orphans.into_iter().map(|row| format!("{} refers to missing rows", row.table)).collect();
    orphans.dedup();
    Ok(damaged.chain(orphans).collect())
}

/// A store's file that nobody else has open, and nobody can use until this is dropped. Its write-ahead log is gone: the
/// file is all there is, and may be renamed.
pub struct Held(#[allow(dead_code, reason = "held for its lock")] SqliteConnection);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// Why a file could not be held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// A server, a command or another program has it open.
    #[error("it is open in another process")]
    InUse,
    /// It is not a database, or damaged: whether others have it open is unknown.
    #[error("it is not a readable database: {0}")]
    Unreadable(String),
}

/// Holds the file at `path`, which must be there, waiting at most `patience` for those that have it open.
///
/// # Errors
/// When others have it open, or it is not a database.
pub fn hold(path: &Path, patience: Duration) -> Result<Held, NotHeld> {
    let deadline = Instant::now() + patience;
    loop {
        match try_to_hold(path) {
            Err(NotHeld::InUse) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(20)),
            outcome => return outcome,
        }
    }
}

fn try_to_hold(path: &Path) -> Result<Held, NotHeld> {
    let unreadable = |error: &dyn std::fmt::Display| NotHeld::Unreadable(error.to_string());
    let mut connection = existing(path).map_err(|error| unreadable(&error))?;
    // Only the last connection can leave the write-ahead log; every other one holds a lock against it.
    let statements = ["PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"];
    for statement in statements {
        connection.batch_execute(statement).map_err(|error| match &error {
            Error::DatabaseError(_, information) if information.message().contains("locked") => NotHeld::InUse,
            _ => unreadable(&error),
        })?;
    }
    Ok(Held(connection))
}

/// Opens a file that is there. Its mode of journal stays.
fn existing(path: &Path) -> Result<SqliteConnection, String> {
    if !path.is_file() {
        return Err(format!("there is no file {}", path.display()));
    }
    let path = path.to_str().ok_or("its name is not UTF-8")?;
    let mut connection = SqliteConnection::establish(path).map_err(|error| error.to_string())?;
    connection.batch_execute("PRAGMA busy_timeout = 1000").map_err(|error| error.to_string())?;
    Ok(connection)
}

fn text(path: &Path) -> Result<&str, Unavailable> {
    path.to_str().ok_or_else(|| Unavailable::new(format!("{} is not UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    fn place() -> PathBuf {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        std::env::temp_dir().join(format!("lk-snapshot-{name}"))
    }

    #[test]
    fn a_copy_of_a_store_in_use_is_whole_and_private_and_the_store_can_be_held_only_alone() {
        let (source, copy) = (place(), place());
        let url = format!("sqlite://{}", source.display());
        let mut user = open(Engine::Sqlite, &url).unwrap();
        user.batch_execute(
            "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7); BEGIN IMMEDIATE; INSERT INTO t VALUES (8)",
        )
        .unwrap();
        snapshot(&source, &copy).unwrap();
        assert!(snapshot(&source, &copy).is_err(), "an existing file was written over");
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(faults(&copy).unwrap(), Vec::<String>::new());
        assert_eq!(hold(&source, Duration::ZERO).unwrap_err(), NotHeld::InUse);
        user.batch_execute("COMMIT").unwrap();
        assert_eq!(hold(&source, Duration::ZERO).unwrap_err(), NotHeld::InUse, "open and idle is in use too");
        drop(user);
        let held = hold(&source, Duration::ZERO).unwrap();
        assert!(!PathBuf::from(format!("{}-wal", source.display())).exists());
        assert_eq!(hold(&source, Duration::ZERO).unwrap_err(), NotHeld::InUse);
        drop(held);

        let mut bytes = std::fs::read(&copy).unwrap();
        let end = bytes.len();
        bytes[end - 4096..].fill(0xAA);
        std::fs::write(&copy, bytes).unwrap();
        assert!(faults(&copy).map_or(true, |faults| !faults.is_empty()), "damage was not seen");
        std::fs::write(&copy, "no database at all, and long enough to be judged as one").unwrap();
        assert!(matches!(hold(&copy, Duration::ZERO), Err(NotHeld::Unreadable(_))));
        for path in [source, copy] {
            let _ = std::fs::remove_file(path);
        }
    }
}
