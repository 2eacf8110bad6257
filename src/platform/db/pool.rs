//! Connections in slots. Every request gets an answer within two seconds: by then there is an outcome, or the
//! store is [`Unavailable`] and the write is not committed later.

use super::attempt::{Asker, transact};
use super::connection::{AnyConnection as Connection, Engine, bound, explained, is_pooled, open, sqlite_path};
use super::news;
use super::writer::{Target, WAIT, Writer};
use crate::platform::error::Unavailable;
use crate::platform::request_id;
use diesel::connection::SimpleConnection as _;
use diesel::connection::TransactionManager;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection as _, QueryResult};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// How long a request waits for the durable store before it is refused with 503: for a connection, for locks, for the
/// commit, all together.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long a command waits, since no browser waits for it.
const PATIENCE_OF_COMMANDS: Duration = Duration::from_secs(600);

/// A handle on the durable store; clones share it.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    slots: Arc<Slots>,
    patience: Duration,
    /// SQLite has one writer at a time whatever we do.
    writer: Option<Arc<Writer>>,
    /// Called after each commit with news.
    news: Arc<Notify>,
}

struct Slots {
    engine: Engine,
    url: String,
    permits: Semaphore,
    idle: Mutex<Idle>,
    /// Whether a session lasts for a transaction only.
    is_pooled: bool,
}

#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    /// Incremented when a connection broke or was to the wrong server: others of the same age are suspect too.
    generation: u64,
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
        let writer = (engine == Engine::Sqlite).then(|| {
            let path = sqlite_path(url).to_owned();
            Writer::new(Target { name: "sqlite-writer", path, open: |path| open(Engine::Sqlite, path), upkeep: None })
        });
        let patience = if engine == Engine::Sqlite { WAIT } else { PATIENCE };
        Ok(Self { engine, slots, patience, writer, news: Arc::default() })
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
        let work = move |tx: &mut Connection| request_id::during(request, || news::watched(work, tx));
        let (done, has_news) = match &self.writer {
            Some(writer) => writer.write(work, self.patience).await?,
            None if self.slots.is_pooled => {
                let bounded = move |tx: &mut Connection| bound(tx).and_then(|()| work(tx));
                self.run(move |connection, asker| transact(connection, &bounded, asker)).await?
            }
            None => self.run(move |connection, asker| transact(connection, &work, asker)).await?,
        };
        if has_news {
            self.news.notify_one();
        }
        Ok(done)
    }

    /// Wakes up tasks that wait for a transaction of this server ([`news::note`]).
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// Confirms that a request could write, by writing: a full disk, a replica, a role that may only read and a table that
    /// somebody locked are no service.
    ///
    /// # Errors
    /// [`Unavailable`] when it could not.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        // The lock that writing takes: it waits for nobody who writes, and nobody for it.
        const LOCKED: &str = "LOCK TABLE people, sessions, token_families, spent_codes, changes IN ROW EXCLUSIVE MODE";
        const WRITTEN: &str = "INSERT INTO changes (topic, counter) VALUES ('probe', 1) \
                               ON CONFLICT (topic) DO UPDATE SET counter = changes.counter + 1";
        let locks = self.engine == Engine::Postgres;
        self.write(move |tx| {
            if locks {
                tx.batch_execute(LOCKED)?;
            }
            tx.batch_execute(WRITTEN)
        })
        .await
    }

    /// Runs `work`, which reads a few rows, outside a transaction. What reads many is [`Db::read_long`].
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
            // A read of the embedded store takes about 20 µs and never waits: less than handing it to a thread.
            Engine::Sqlite => slots.slot().await?.run(work),
            Engine::Postgres if slots.is_pooled => {
                self.run(move |connection, _| connection.transaction(|tx| bound(tx).and_then(|()| work(tx)))).await
            }
            Engine::Postgres => self.run(move |connection, _| work(connection)).await,
        }
    }

    /// Runs `work`, which reads more than a few rows: lists, a copy of a person's data. On the embedded store, too, it leaves
    /// the thread that asks, where other requests wait.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer.
    pub async fn read_long<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        match self.engine {
            Engine::Sqlite => {
                let slot = Arc::clone(&self.slots).slot().await?;
                tokio::task::spawn_blocking(move || slot.run(work)).await.map_err(Unavailable::new)?
            }
            Engine::Postgres => self.read(work).await,
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
        answered.map_err(|_| Unavailable::new(format!("the database did not confirm within {:?}", self.patience)))?
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
        Self {
            engine,
            url: url.to_owned(),
            permits: Semaphore::new(count),
            idle: Mutex::default(),
            is_pooled: is_pooled(url),
        }
    }

    async fn slot(self: Arc<Self>) -> Result<Slot, Unavailable> {
        let waited = match self.permits.try_acquire() {
            Ok(permit) => Ok(Ok(permit)),
            Err(_) => tokio::time::timeout(PATIENCE, self.permits.acquire()).await,
        };
        waited
            .map_err(|_| Unavailable::new("no database connection became free within 2 s"))?
            .map_err(Unavailable::new)?
            .forget();
        Ok(Slot(self))
    }

    /// A connection, and the generation that it is of.
    fn take(&self) -> Result<(Connection, u64), Unavailable> {
        let (idle, generation) = {
            let mut idle = self.idle();
            (idle.connections.pop(), idle.generation)
        };
        match idle {
            Some(connection) => Ok((connection, generation)),
            None => Ok((open(self.engine, &self.url).map_err(|error| self.told(&error))?, generation)),
        }
    }

    fn give_back(&self, connection: Connection, generation: u64) {
        let mut idle = self.idle();
        if idle.generation == generation {
            idle.connections.push(connection);
        }
    }

    /// Gives up every connection that is open now, also those that others use, once they are done.
    fn forget(&self, generation: u64) {
        let mut idle = self.idle();
        if idle.generation == generation {
            idle.generation = generation.wrapping_add(1);
            idle.connections.clear();
        }
    }

    fn told(&self, error: &dyn std::fmt::Display) -> Unavailable {
        match self.engine {
            Engine::Sqlite => explained(error, sqlite_path(&self.url)),
            Engine::Postgres => Unavailable::new(hinted(&error.to_string())),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn run<T>(self, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> Result<T, Unavailable> {
        let (mut connection, generation) = self.0.take()?;
        let result = work(&mut connection);
        match &result {
            Err(error) if breaks(error) => self.0.forget(generation),
            _ if is_idle(&mut connection) => self.0.give_back(connection, generation),
            _ => {}
        }
        result.map_err(|error| self.0.told(&error))
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

/// A statement that its session does not know: the session is another one.
fn hinted(text: &str) -> String {
    let lost =
        text.contains("prepared statement") && (text.contains("does not exist") || text.contains("already exists"));
    let hint =
        if lost { " (behind a pooler in transaction mode: set `database.prepared_statements` to false)" } else { "" };
    format!("{text}{hint}")
}

/// Whether the connection is unusable: it is broken, or its server no longer accepts writes (SQLSTATE 25006), so that
/// the right one is elsewhere.
fn breaks(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager
        | Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction, _) => true,
        Error::RollbackErrorOnCommit { commit_error, .. } => breaks(commit_error),
        // libpq reports a cut connection as an unknown error.
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            message.contains("connection") || message.contains("terminat") || message.contains("read-only transaction")
        }
        _ => false,
    }
}
