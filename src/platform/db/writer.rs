//! The one writer of an embedded store. Whatever waits for it is written as one transaction, each piece in a savepoint
//! of its own, and is answered after the commit: the wait for the disk, which durability costs, is shared.

use super::connection::{AnyConnection as Connection, Engine, open};
use crate::platform::error::Unavailable;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection as _, QueryResult};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::oneshot;

/// At most so many pieces share a commit.
const BATCH: usize = 32;
/// At most so many wait; more are refused.
const QUEUE: usize = 1024;
/// How long a request waits for a commit: longer than another process may hold the write lock ([`super::connection`]:
/// 2 s).
pub(super) const WAIT: Duration = Duration::from_secs(4);

/// Hands pieces of work to the thread that writes. The thread starts with the first one.
pub(super) struct Writer {
    url: String,
    queue: OnceLock<SyncSender<Box<dyn Piece>>>,
}

impl Writer {
    pub(super) fn new(url: &str) -> Arc<Self> {
        Arc::new(Self { url: url.to_owned(), queue: OnceLock::new() })
    }

    /// Does `work` and waits for the commit.
    pub(super) async fn write<T, F>(&self, work: F, patience: Duration) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let piece = Box::new(Work { work: Some(work), result: None, reply });
        self.queue().try_send(piece).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::new("too many writes wait for the database"),
            TrySendError::Disconnected(_) => Unavailable::new("the thread that writes has ended"),
        })?;
        let answered = tokio::time::timeout(patience, answer).await;
        answered.map_err(|_| Unavailable::new("the database did not confirm in time"))?.map_err(Unavailable::new)?
    }

    fn queue(&self) -> &SyncSender<Box<dyn Piece>> {
        self.queue.get_or_init(|| {
            let (sender, receiver) = sync_channel(QUEUE);
            let url = self.url.clone();
            // Without a thread the receiver is dropped, and every write says so.
            let _ = std::thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || serve(&url, &receiver));
            sender
        })
    }
}

/// Something to write.
trait Piece: Send {
    /// Whether nobody waits for it any more: it is left undone.
    fn is_abandoned(&self) -> bool;
    fn run(&mut self, tx: &mut Connection);
    fn settle(self: Box<Self>, committed: Result<(), Unavailable>);
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

    fn run(&mut self, tx: &mut Connection) {
        if let Some(work) = self.work.take() {
            self.result = Some(tx.transaction(work));
        }
    }

    fn settle(self: Box<Self>, committed: Result<(), Unavailable>) {
        let Self { result, reply, .. } = *self;
        let done = result.unwrap_or(Err(diesel::result::Error::RollbackTransaction)).map_err(Unavailable::new);
        // Its own failure is told as it was; a success counts once it is committed.
        let _ = reply.send(done.and_then(|value| committed.map(|()| value)));
    }
}

fn serve(url: &str, queue: &Receiver<Box<dyn Piece>>) {
    let mut connection = None;
    while let Ok(first) = queue.recv() {
        let mut batch: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).collect();
        batch.retain(|piece| !piece.is_abandoned());
        let committed = match connection.take().map_or_else(|| open(Engine::Sqlite, url), Ok) {
            Ok(mut opened) => {
                let committed = run(&mut opened, &mut batch);
                // After a failure nobody knows what state the connection is in.
                connection = committed.is_ok().then_some(opened);
                committed.map_err(Unavailable::new)
            }
            Err(error) => Err(Unavailable::new(error)),
        };
        for piece in batch {
            piece.settle(committed.clone());
        }
    }
}

fn run(connection: &mut Connection, batch: &mut [Box<dyn Piece>]) -> QueryResult<()> {
    if let Connection::Sqlite(sqlite) = connection {
        // IMMEDIATE: the write lock is taken before the first read, so that no read is stale when it is written back.
        AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
    }
    for piece in batch.iter_mut() {
        // A panic must not end the one thread that writes. What shared the transaction goes with it.
        let run = catch_unwind(AssertUnwindSafe(|| piece.run(connection)));
        run.map_err(|_| diesel::result::Error::RollbackTransaction)?;
    }
    type Manager = <Connection as diesel::Connection>::TransactionManager;
    <Manager as TransactionManager<Connection>>::commit_transaction(connection)
}

#[cfg(test)]
mod tests {
    use super::super::connection::AnyConnection;
    use super::*;
    use diesel::connection::SimpleConnection;
    use diesel::{QueryableByName, RunQueryDsl as _};

    fn file() -> (String, std::path::PathBuf) {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        let path = std::env::temp_dir().join(format!("lk-writer-{name}"));
        (format!("sqlite://{}", path.display()), path)
    }

    fn insert(tx: &mut AnyConnection, number: i32) -> QueryResult<usize> {
        diesel::sql_query(format!("INSERT INTO t VALUES ({number})")).execute(tx)
    }

    #[tokio::test]
    async fn a_piece_that_fails_takes_nothing_of_the_others_with_it() {
        let (url, path) = file();
        let writer = Writer::new(&url);
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
}
