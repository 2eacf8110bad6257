//! The embedded engine: a SQLite file of its own beside the durable one, so that a restart keeps people signed in.
//!
//! One thread owns the connection that writes. Whatever waits for it is run as one transaction (a group commit), and is
//! answered after the commit; reads have connections of their own. WAL with `synchronous=NORMAL`: a crash of the process loses nothing that was
//! confirmed; a loss of power may lose the last moments, which this store is allowed to lose.

mod step;
mod writer;

use self::{step::Step, writer::Writer};
use super::{Ephemeral, Key, MAX_WAIT};
use crate::platform::{
    clock::{Clock, Time},
    error::Unavailable,
    random::{self, Random},
};
use async_trait::async_trait;
use diesel::{QueryResult, sqlite::SqliteConnection};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// The embedded store. Several processes may have the same file open.
pub struct SqliteStore {
    writer: Writer,
    path: String,
    readers: Mutex<Vec<SqliteConnection>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl SqliteStore {
    /// Opens or creates the file (readable by its owner alone) and starts the thread that owns it.
    pub fn open(path: &str, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, Unavailable> {
        let connection = writer::connect(path).map_err(|error| unavailable(&error))?;
        let writer = Writer::start(connection, Arc::clone(&clock))?;
        Ok(Self { writer, path: path.to_owned(), readers: Mutex::default(), clock, random })
    }

    fn until(&self, ttl: Duration) -> Time {
        self.clock.now() + ttl.max(Duration::from_millis(1))
    }

    /// Reads what is committed, here and now: some 15 µs, less than a hand-over to the thread that writes.
    fn read<T>(&self, work: impl FnOnce(&mut SqliteConnection, Time) -> QueryResult<T>) -> Result<T, Unavailable> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => writer::connect(&self.path).map_err(|error| unavailable(&error))?,
        };
        let result = work(&mut connection, self.clock.now()).map_err(|error| unavailable(&error))?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(result)
    }

    async fn write<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection, Time) -> QueryResult<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.writer.submit(Box::new(Step::new(work, reply)))?;
        match tokio::time::timeout(MAX_WAIT, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Unavailable::new("ephemeral store: its thread has ended")),
            Err(_) => Err(Unavailable::new("ephemeral store: no answer in time")),
        }
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> Unavailable {
    Unavailable::new(format!("ephemeral store: {error}"))
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
        self.write(|tx, _| step::ping(tx)).await
    }

    async fn store_id(&self) -> Result<String, Unavailable> {
        let candidate = random::token(&*self.random);
        self.write(move |tx, _| step::store_id(tx, candidate)).await
    }
}
