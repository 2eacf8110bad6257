//! The embedded engine: a SQLite file of its own beside the durable one, so that a restart keeps people signed in.
//!
//! It has the same writer as the durable store ([`Writer`]); reads have connections of their own. WAL with `synchronous=NORMAL`: a crash of the process loses nothing that was
//! confirmed; a loss of power may lose the last moments, which this store is allowed to lose.

mod step;

use super::{Ephemeral, Key, MAX_WAIT};
use crate::platform::db::{Connection, Target, Upkeep, Writer, explained, open_sqlite};
use crate::platform::{
    clock::{Clock, Time},
    error::Unavailable,
    random::{self, Random},
};
use async_trait::async_trait;
use diesel::{QueryResult, connection::SimpleConnection as _, sqlite::SqliteConnection};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The embedded store. Several processes may have the same file open.
pub struct SqliteStore {
    writer: Arc<Writer>,
    path: String,
    readers: Mutex<Vec<SqliteConnection>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl SqliteStore {
    /// Opens or creates the file (readable by its owner alone).
    pub fn open(path: &str, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, Unavailable> {
        let first = connect(path).map_err(|error| unavailable(path, &error))?;
        let swept_by = Arc::clone(&clock);
        let step = move |tx: &mut Connection| {
            let deleted = on_sqlite(tx, |tx| step::sweep(tx, swept_by.now(), SWEEP_ROWS))?;
            Ok(i64::try_from(deleted) == Ok(SWEEP_ROWS))
        };
        let writer = Writer::new(Target {
            name: "ephemeral",
            path: path.to_owned(),
            open: |path| connect(path).map(Connection::Sqlite),
            upkeep: Some(Upkeep { every: SWEEP_EVERY, step: Box::new(step) }),
        });
        Ok(Self { writer, path: path.to_owned(), readers: Mutex::new(vec![first]), clock, random })
    }

    fn until(&self, ttl: Duration) -> Time {
        self.clock.now() + ttl.max(Duration::from_millis(1))
    }

    /// Reads what is committed, here and now: some 15 µs, less than a hand-over to the thread that writes.
    fn read<T>(&self, work: impl FnOnce(&mut SqliteConnection, Time) -> QueryResult<T>) -> Result<T, Unavailable> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path).map_err(|error| unavailable(&self.path, &error))?,
        };
        let result = work(&mut connection, self.clock.now()).map_err(|error| unavailable(&self.path, &error))?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(result)
    }

    async fn write<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection, Time) -> QueryResult<T> + Send + 'static,
    {
        let clock = Arc::clone(&self.clock);
        let piece = move |tx: &mut Connection| on_sqlite(tx, |tx| work(tx, clock.now()));
        let written = self.writer.write(piece, MAX_WAIT).await;
        written.map_err(|error| Unavailable::new(format!("ephemeral store: {}", error.cause)))
    }
}

/// How often expired rows are looked for, and how many go in one step.
const SWEEP_EVERY: Duration = Duration::from_secs(20);
const SWEEP_ROWS: i64 = 256;

/// The timeout first: switching to WAL already may meet another process.
const SETTINGS: &str = "PRAGMA busy_timeout = 1500; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                        PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -2000;";

/// Opens the file and sets what SQLite forgets between connections.
fn connect(path: &str) -> diesel::ConnectionResult<SqliteConnection> {
    let mut connection = open_sqlite(path, SETTINGS)?;
    connection.batch_execute(step::SCHEMA).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn on_sqlite<T>(tx: &mut Connection, work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>) -> QueryResult<T> {
    match tx {
        Connection::Sqlite(tx) => work(tx),
        // `connect` opens nothing else.
        Connection::Postgres(_) => Err(diesel::result::Error::RollbackTransaction),
    }
}

fn unavailable(path: &str, error: &dyn std::fmt::Display) -> Unavailable {
    Unavailable::new(format!("ephemeral store: {}", explained(error, path).cause))
}

#[async_trait]
impl Ephemeral for SqliteStore {
    async fn put(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<(), Unavailable> {
        let (key, until) = (key.bytes(), self.until(ttl));
        self.write(move |tx, _| step::write(tx, &key, &value, until)).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = key.bytes();
        self.read(|connection, now| step::find(connection, &key, now))
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = key.bytes();
        self.write(move |tx, now| step::take(tx, &key, now)).await
    }

    async fn put_if_absent(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<bool, Unavailable> {
        let (key, until) = (key.bytes(), self.until(ttl));
        self.write(move |tx, now| match step::find(tx, &key, now)? {
            Some(_) => Ok(false),
            None => step::write(tx, &key, &value, until).map(|()| true),
        })
        .await
    }

    async fn compare_and_swap(
        &self,
        key: &Key,
        expected: &[u8],
        new: Vec<u8>,
        ttl: Duration,
    ) -> Result<bool, Unavailable> {
        let (key, expected, until) = (key.bytes(), expected.to_vec(), self.until(ttl));
        self.write(move |tx, now| match step::find(tx, &key, now)? {
            Some(value) if value == expected => step::write(tx, &key, &new, until).map(|()| true),
            _ => Ok(false),
        })
        .await
    }

    async fn increment(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        let (key, until) = (key.bytes(), self.until(ttl));
        self.write(move |tx, now| step::increment(tx, &key, until, now)).await
    }

    async fn delete(&self, key: &Key) -> Result<bool, Unavailable> {
        Ok(self.take(key).await?.is_some())
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.write(step::ping).await
    }

    async fn store_id(&self) -> Result<String, Unavailable> {
        let candidate = random::token(&*self.random);
        self.write(move |tx, _| step::store_id(tx, candidate)).await
    }
}
