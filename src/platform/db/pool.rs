//! Connections in slots. Whoever asks is answered in two seconds, come what may: by then there is an outcome, or the
//! store is [`Unavailable`] and what was asked is not committed later behind the answer's back.

use super::attempt::{Asker, transact};
use super::connection::{AnyConnection as Connection, Engine, open};
use super::writer::{WAIT, Writer};
use crate::platform::error::Unavailable;
use crate::platform::request_id;
use diesel::connection::SimpleConnection as _;
use diesel::connection::TransactionManager;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection as _, QueryResult};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a request waits for the durable store before it is refused with 503: for a connection, for locks, for the
/// commit, all together.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long a command does, which nobody waits for in a browser.
const PATIENCE_OF_COMMANDS: Duration = Duration::from_secs(600);

/// A handle on the durable store; clones share it.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    slots: Arc<Slots>,
    patience: Duration,
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
        let writer = (engine == Engine::Sqlite).then(|| Writer::new(url));
        let patience = if engine == Engine::Sqlite { WAIT } else { PATIENCE };
        Ok(Self { engine, slots, patience, writer })
    }

    /// For a command: a transaction may take as long as its statements do.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { patience: PATIENCE_OF_COMMANDS, ..self }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs `work` as one transaction that may write. `Err` rolls it back. A server that ended it in favour of another
    /// (a deadlock, a serialization failure) is asked again with a copy of `work`, a few times.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not confirm, whatever the reason; the outcome is unknown only where the
    /// commit itself was under way.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Clone + Send + 'static,
    {
        let request = request_id::current();
        let work = move |tx: &mut Connection| request_id::during(request, || work(tx));
        match &self.writer {
            Some(writer) => writer.write(work, self.patience).await,
            None => self.run(move |connection, asker| transact(connection, &work, asker)).await,
        }
    }

    /// Confirms that the store answers, and that a request could write: a table that somebody locked is no service.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        // The lock that writing takes, given back at once: it waits for nobody who writes, and nobody for it.
        const WRITABLE: &str =
            "LOCK TABLE people, sessions, token_families, spent_codes, changes IN ROW EXCLUSIVE MODE";
        let probe = if self.engine == Engine::Sqlite { "SELECT 1" } else { WRITABLE };
        self.read(move |connection| connection.transaction(|tx| tx.batch_execute(probe))).await
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
            Engine::Postgres => self.run(move |connection, _| work(connection)).await,
        }
    }

    async fn run<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &Asker) -> QueryResult<T> + Send + 'static,
    {
        let (asker, slots) = (Asker::default(), Arc::clone(&self.slots));
        let leaves = asker.leaves();
        let answer = async move {
            let slot = slots.slot().await?;
            let task = move || slot.run(|connection| work(connection, &asker));
            tokio::task::spawn_blocking(task).await.map_err(Unavailable::new)?
        };
        let answered = tokio::time::timeout(self.patience, answer).await;
        drop(leaves);
        answered.map_err(|_| Unavailable::new(format!("the database did not confirm in {:?}", self.patience)))?
    }
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
            Err(_) => tokio::time::timeout(PATIENCE, self.permits.acquire()).await,
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
