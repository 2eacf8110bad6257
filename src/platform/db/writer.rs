//! The one writer of an embedded store. Whatever waits for it is written as one transaction, each piece in a savepoint
//! of its own, and is answered after the commit: the wait for the disk, which durability costs, is shared.
//!
//! Both embedded stores have one: the durable one and the short-lived one.

use super::connection::{AnyConnection as Connection, explained};
use crate::platform::error::Unavailable;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection as _, QueryResult};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The maximum number of writes that share a commit, so that none waits long for the others.
const BATCH: usize = 32;
/// The maximum length of the queue; more writes are refused.
const QUEUE: usize = 1024;
/// How long a request waits for a commit: longer than another process may hold the write lock
/// ([`super::connection`]: 2 s).
pub(in crate::platform) const WAIT: Duration = Duration::from_secs(4);

/// The target of a writer.
pub(in crate::platform) struct Target {
    pub(in crate::platform) name: &'static str,
    pub(in crate::platform) path: String,
    pub(in crate::platform) open: fn(&str) -> diesel::ConnectionResult<Connection>,
    pub(in crate::platform) upkeep: Option<Upkeep>,
}

pub(in crate::platform) struct Upkeep {
    pub(in crate::platform) every: Duration,
    /// A bounded step, in a transaction of its own; true when there is more to do, which is done after the next batch.
    pub(in crate::platform) step: Step,
}

type Step = Box<dyn Fn(&mut Connection) -> QueryResult<bool> + Send>;

/// Hands pieces of work to the thread that writes. The thread starts with the first one, and ends with the last handle.
pub(in crate::platform) struct Writer {
    target: std::sync::Mutex<Option<Target>>,
    queue: OnceLock<SyncSender<Box<dyn Piece>>>,
}

impl Writer {
    pub(in crate::platform) fn new(target: Target) -> Arc<Self> {
        Arc::new(Self { target: std::sync::Mutex::new(Some(target)), queue: OnceLock::new() })
    }

    /// Does `work` and waits for the commit.
    pub(in crate::platform) async fn write<T, F>(&self, work: F, patience: Duration) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let piece = Box::new(Work { work: Some(work), result: None, reply });
        self.queue().try_send(piece).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::new("too many writes are waiting for the database"),
            TrySendError::Disconnected(_) => Unavailable::new("the writer thread has stopped"),
        })?;
        let answered = tokio::time::timeout(patience, answer).await;
        answered.map_err(|_| Unavailable::new("the database did not confirm in time"))?.map_err(Unavailable::new)?
    }

    fn queue(&self) -> &SyncSender<Box<dyn Piece>> {
        self.queue.get_or_init(|| {
            let (sender, receiver) = sync_channel(QUEUE);
            let target = self.target.lock().ok().and_then(|mut target| target.take());
            // Without a thread the receiver is dropped, and every write says so.
            if let Some(target) = target {
                let thread = std::thread::Builder::new().name(target.name.to_owned());
                let _ =
                    thread.spawn(move || Owner { target, connection: None, kept_up: Instant::now() }.serve(&receiver));
            }
            sender
        })
    }
}

trait Piece: Send {
    /// Whether nobody waits for it any more: it is skipped.
    fn is_abandoned(&self) -> bool;
    /// Does it, in a savepoint where others share the transaction.
    fn run(&mut self, tx: &mut Connection, is_alone: bool) -> Ran;
    fn settle(self: Box<Self>, committed: Result<(), Unavailable>);
}

/// How a piece went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    Well,
    Refused,
    /// The store failed: after some errors SQLite has rolled the whole transaction back already, and what comes after
    /// would be committed by itself.
    Broke,
}

impl Ran {
    fn of<T>(result: Option<&QueryResult<T>>) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match result {
            Some(Ok(_)) => Self::Well,
            Some(Err(
                Error::DatabaseError(DatabaseErrorKind::Unknown, _)
                | Error::RollbackErrorOnCommit { .. }
                | Error::BrokenTransactionManager,
            )) => Self::Broke,
            _ => Self::Refused,
        }
    }
}

struct Work<T, F> {
    work: Option<F>,
    result: Option<QueryResult<T>>,
    reply: oneshot::Sender<Result<T, Unavailable>>,
}

impl<T, F> Piece for Work<T, F>
where
    T: Send,
    F: FnOnce(&mut Connection) -> QueryResult<T> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Connection, is_alone: bool) -> Ran {
        if let Some(work) = self.work.take() {
            self.result = Some(if is_alone { work(tx) } else { tx.transaction(work) });
        }
        Ran::of(self.result.as_ref())
    }

    fn settle(self: Box<Self>, committed: Result<(), Unavailable>) {
        let Self { result, reply, .. } = *self;
        let answer = match (result, committed) {
            (Some(Ok(value)), committed) => committed.map(|()| value),
            // Its own failure is returned unchanged.
            (Some(Err(error)), _) => Err(Unavailable::new(error)),
            // It did not come to it: the lock, the disk.
            (None, Err(cause)) => Err(cause),
            (None, Ok(())) => Err(Unavailable::new("the write was not run")),
        };
        let _ = reply.send(answer);
    }
}

struct Owner {
    target: Target,
    connection: Option<Connection>,
    kept_up: Instant,
}

impl Owner {
    fn serve(mut self, queue: &Receiver<Box<dyn Piece>>) {
        loop {
            let next = match &self.target.upkeep {
                Some(upkeep) => queue.recv_timeout(upkeep.every),
                None => queue.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(first) => self.write(std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).collect()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.keep_up();
        }
    }

    fn write(&mut self, mut batch: Vec<Box<dyn Piece>>) {
        batch.retain(|piece| !piece.is_abandoned());
        if batch.is_empty() {
            return;
        }
        let committed = self.with_connection(|connection| commit(connection, &mut batch));
        for piece in batch {
            piece.settle(committed.clone());
        }
    }

    /// Bounded: what is left over is done after the next batch.
    fn keep_up(&mut self) {
        let Some(upkeep) = self.target.upkeep.take() else { return };
        if self.kept_up.elapsed() >= upkeep.every {
            let step = |connection: &mut Connection| in_one(connection, |tx| (upkeep.step)(tx));
            match self.with_connection(step) {
                Ok(true) => {}
                Ok(false) => self.kept_up = Instant::now(),
                Err(error) => {
                    tracing::warn!(cause = %error, store = self.target.name, "cannot delete expired values");
                    self.kept_up = Instant::now();
                }
            }
        }
        self.target.upkeep = Some(upkeep);
    }

    fn with_connection<T>(&mut self, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> Result<T, Unavailable> {
        let path = &self.target.path;
        let opened = self.connection.take().map_or_else(|| (self.target.open)(path), Ok);
        let mut connection = opened.map_err(|error| explained(&error, path))?;
        let done = work(&mut connection);
        // After a failure the connection's state is unknown.
        self.connection = done.is_ok().then_some(connection);
        done.map_err(|error| explained(&error, path))
    }
}

fn commit(connection: &mut Connection, batch: &mut [Box<dyn Piece>]) -> QueryResult<()> {
    begin(connection)?;
    let is_alone = batch.len() == 1;
    let mut wrote = false;
    for piece in batch.iter_mut() {
        // A panic must not end the one thread that writes. What shared the transaction goes with it.
        let run = catch_unwind(AssertUnwindSafe(|| piece.run(connection, is_alone)));
        match run {
            Ok(Ran::Well) => wrote = true,
            Ok(Ran::Refused) => {}
            Ok(Ran::Broke) | Err(_) => return Err(diesel::result::Error::RollbackTransaction),
        }
    }
    if wrote { Manager::commit_transaction(connection) } else { Manager::rollback_transaction(connection) }
}

fn in_one<T>(connection: &mut Connection, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> QueryResult<T> {
    begin(connection)?;
    let done = work(connection)?;
    Manager::commit_transaction(connection)?;
    Ok(done)
}

type Manager = <Connection as diesel::Connection>::TransactionManager;

fn begin(connection: &mut Connection) -> QueryResult<()> {
    let Connection::Sqlite(sqlite) = connection else { return Ok(()) };
    // IMMEDIATE: the write lock is taken before the first read, so that no read is stale when it is written back.
    AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
}

#[cfg(test)]
mod tests {
    use super::super::connection::{AnyConnection, Engine, open};
    use super::*;
    use diesel::connection::SimpleConnection;
    use diesel::{QueryableByName, RunQueryDsl as _};

    fn file() -> (String, std::path::PathBuf) {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        let path = std::env::temp_dir().join(format!("lk-writer-{name}"));
        (format!("sqlite://{}", path.display()), path)
    }

    fn writer(url: &str) -> Arc<Writer> {
        let path = url.trim_start_matches("sqlite://").to_owned();
        Writer::new(Target { name: "test", path, open: |path| open(Engine::Sqlite, path), upkeep: None })
    }

    fn insert(tx: &mut AnyConnection, number: i32) -> QueryResult<usize> {
        diesel::sql_query(format!("INSERT INTO t VALUES ({number})")).execute(tx)
    }

    #[tokio::test]
    async fn a_piece_that_fails_takes_nothing_of_the_others_with_it() {
        let (url, path) = file();
        let writer = writer(&url);
        let create = |tx: &mut AnyConnection| tx.batch_execute("CREATE TABLE t (n INTEGER PRIMARY KEY)");
        writer.write(create, WAIT).await.unwrap();
        let pieces = (0..200).map(|number| {
            let writer = Arc::clone(&writer);
            async move {
                let work = move |tx: &mut AnyConnection| {
                    insert(tx, number)?;
                    // Every third one wrote something before it fails.
                    if number % 3 == 0 { insert(tx, number) } else { Ok(1) }
                };
                writer.write(work, WAIT).await.is_ok()
            }
        });
        let done = futures_util::future::join_all(pieces).await;
        assert!(done.iter().enumerate().all(|(number, done)| *done == (number % 3 != 0)));
        let mut connection = open(Engine::Sqlite, &url).unwrap();
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let count: Count = diesel::sql_query("SELECT count(*) AS n FROM t").get_result(&mut connection).unwrap();
        assert_eq!(count.n, done.iter().filter(|done| **done).count() as i64);
        let _ = std::fs::remove_file(path);
    }

    #[tokio::test]
    async fn a_piece_that_is_alone_and_fails_leaves_nothing_and_the_next_one_is_written() {
        let (url, path) = file();
        let writer = writer(&url);
        writer
            .write(|tx: &mut AnyConnection| tx.batch_execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"), WAIT)
            .await
            .unwrap();
        let half = |tx: &mut AnyConnection| -> QueryResult<()> {
            insert(tx, 1)?;
            Err(diesel::result::Error::NotFound)
        };
        assert!(writer.write(half, WAIT).await.is_err());
        assert!(writer.write(|_: &mut AnyConnection| -> QueryResult<()> { panic!("a bug") }, WAIT).await.is_err());
        assert_eq!(writer.write(|tx: &mut AnyConnection| insert(tx, 1), WAIT).await.unwrap(), 1, "the half was kept");
        let _ = std::fs::remove_file(path);
    }

    #[tokio::test]
    async fn a_lock_that_another_holds_is_told_as_such() {
        let (url, path) = file();
        let writer = writer(&url);
        writer
            .write(|tx: &mut AnyConnection| tx.batch_execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"), WAIT)
            .await
            .unwrap();
        let mut holder = std::process::Command::new("sqlite3");
        let holder = holder.arg(&path).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn();
        let Ok(mut holder) = holder else { return };
        let mut input = holder.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, b"BEGIN IMMEDIATE; SELECT 'held';\n").unwrap();
        let mut said = [0; 4];
        std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut said).unwrap();
        let refused = writer.write(|tx: &mut AnyConnection| insert(tx, 1), WAIT).await.unwrap_err();
        let expected = format!("sqlite3 (process {})", holder.id());
        assert!(refused.cause.contains("locked") && refused.cause.contains(&expected), "{}", refused.cause);
        drop(input);
        holder.wait().unwrap();
        assert_eq!(writer.write(|tx: &mut AnyConnection| insert(tx, 1), WAIT).await.unwrap(), 1);
        let _ = std::fs::remove_file(path);
    }
}
