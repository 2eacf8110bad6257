//! Connections in slots: work waits for a slot at most two seconds, then is refused.

use super::connection::{AnyConnection as Connection, Engine, open};
use super::writer::Writer;
use crate::platform::error::Unavailable;
use diesel::connection::TransactionManager;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection as _, QueryResult};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a request waits for a connection before it is refused with 503.
const WAIT: Duration = Duration::from_secs(2);

/// A handle on the durable store; clones share it.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    slots: Arc<Slots>,
    /// SQLite has one writer at a time whatever we do.
    writer: Option<Arc<Writer>>,
}

struct Slots {
    engine: Engine,
    url: String,
    permits: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Db {
    /// A store at `url` with at most `max_connections` connections. Opens none yet.
    ///
    /// # Errors
    /// When the URL names no known engine.
    pub fn new(url: &str, max_connections: usize) -> Result<Self, Unavailable> {
        let engine =
            Engine::of(url).ok_or_else(|| Unavailable::new("database.url is neither sqlite:// nor postgres://"))?;
        let slots = Arc::new(Slots::new(engine, url, max_connections.max(1)));
        Ok(Self { engine, slots, writer: (engine == Engine::Sqlite).then(|| Writer::new(url)) })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs `work` as one transaction that may write. `Err` rolls it back.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not confirm, whatever the reason; the outcome may then be unknown.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => run(Arc::clone(&self.slots), move |connection| connection.transaction(work)).await,
        }
    }

    /// Confirms that the store answers.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.read(|connection| diesel::connection::SimpleConnection::batch_execute(connection, "SELECT 1")).await
    }

    /// Runs `work`, which only reads, outside a transaction.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        let slots = Arc::clone(&self.slots);
        match self.engine {
            // A read of the embedded store takes some 20 µs and waits for nobody: less than handing it to a thread.
            Engine::Sqlite => slots.slot().await?.run(work),
            Engine::Postgres => run(slots, work).await,
        }
    }
}

async fn run<T, F>(slots: Arc<Slots>, work: F) -> Result<T, Unavailable>
where
    T: Send + 'static,
    F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
{
    let slot = slots.slot().await?;
    tokio::task::spawn_blocking(move || slot.run(work)).await.map_err(Unavailable::new)?
}

/// The right to use one connection; given back when dropped.
struct Slot(Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.permits.add_permits(1);
    }
}

impl Slots {
    fn new(engine: Engine, url: &str, count: usize) -> Self {
        Self { engine, url: url.to_owned(), permits: Semaphore::new(count), idle: Mutex::new(Vec::new()) }
    }

    async fn slot(self: Arc<Self>) -> Result<Slot, Unavailable> {
        let waited = match self.permits.try_acquire() {
            Ok(permit) => Ok(Ok(permit)),
            Err(_) => tokio::time::timeout(WAIT, self.permits.acquire()).await,
        };
        waited
            .map_err(|_| Unavailable::new("no database connection became free in 2 s"))?
            .map_err(Unavailable::new)?
            .forget();
        Ok(Slot(self))
    }

    fn take(&self) -> Result<Connection, Unavailable> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => open(self.engine, &self.url).map_err(Unavailable::new),
        }
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    /// After one connection broke the others of the same server are suspect too.
    fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Slot {
    fn run<T>(self, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> Result<T, Unavailable> {
        let mut connection = self.0.take()?;
        let result = work(&mut connection);
        match &result {
            Err(error) if breaks(error) => self.0.forget_idle(),
            _ if is_idle(&mut connection) => self.0.give_back(connection),
            _ => {}
        }
        result.map_err(Unavailable::new)
    }
}

/// Whether the connection has no transaction left open.
fn is_idle(connection: &mut Connection) -> bool {
    type Manager = <Connection as diesel::Connection>::TransactionManager;
    !<Manager as TransactionManager<Connection>>::is_broken_transaction_manager(connection)
        && matches!(
            <Manager as TransactionManager<Connection>>::transaction_manager_status_mut(connection).transaction_depth(),
            Ok(None)
        )
}

fn breaks(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager | Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        // libpq reports a cut connection as an unknown error.
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            message.contains("connection") || message.contains("terminat")
        }
        _ => false,
    }
}
