//! The thread that owns the connection.

use super::{
    step::{Job, SCHEMA, sweep},
    unavailable,
};
use crate::platform::private_file;
use crate::platform::{clock::Clock, error::Unavailable};
use diesel::{Connection as _, ConnectionError, connection::SimpleConnection as _, sqlite::SqliteConnection};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};

/// Steps that may wait at once. More are refused: a queue that grows without end helps nobody.
const MAX_WAITING: usize = 4096;
/// Steps that share one transaction, so that none waits long for the commit of many.
const MAX_BATCH: usize = 64;
/// How often expired rows are looked for, and how many go in one step.
const SWEEP_EVERY: Duration = Duration::from_secs(20);
const SWEEP_ROWS: i64 = 256;

/// Hands steps to the thread; dropping it ends the thread.
pub(super) struct Writer(SyncSender<Box<dyn Job>>);

impl Writer {
    pub(super) fn start(connection: SqliteConnection, clock: Arc<dyn Clock>) -> Result<Self, Unavailable> {
        let (jobs, queue) = sync_channel(MAX_WAITING);
        let owner = Owner { connection, clock, swept: None };
        let thread = std::thread::Builder::new().name("ephemeral".into());
        thread.spawn(move || owner.serve(&queue)).map_err(|error| unavailable(&error))?;
        Ok(Self(jobs))
    }

    pub(super) fn submit(&self, job: Box<dyn Job>) -> Result<(), Unavailable> {
        self.0.try_send(job).map_err(|_| unavailable(&"too many steps wait, or its thread has ended"))
    }
}

/// Opens the file and sets what SQLite forgets between connections.
pub(super) fn connect(path: &str) -> Result<SqliteConnection, ConnectionError> {
    // SQLite gives its side files the mode of the main one, so the main one must be private before it is opened.
    private_file::create(path.as_ref()).map_err(|error| ConnectionError::BadConnection(format!("{path}: {error}")))?;
    let mut connection = SqliteConnection::establish(path)?;
    // The timeout first: switching to WAL already may meet another process.
    let pragmas = "PRAGMA busy_timeout = 1500; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                   PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216;";
    for statements in [pragmas, SCHEMA] {
        connection.batch_execute(statements).map_err(ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(connection)
}

struct Owner {
    connection: SqliteConnection,
    clock: Arc<dyn Clock>,
    swept: Option<Instant>,
}

impl Owner {
    fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        loop {
            match queue.recv_timeout(SWEEP_EVERY) {
                Ok(first) => self.run(std::iter::once(first).chain(queue.try_iter()).take(MAX_BATCH).collect()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.sweep_when_due();
        }
    }

    fn run(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        jobs.retain(|job| !job.abandoned());
        let now = self.clock.now();
        let work = |tx: &mut SqliteConnection| jobs.iter_mut().try_for_each(|job| job.run(tx, now));
        // A failing step takes its batch with it: after some errors SQLite has rolled back already.
        let committed = self.connection.immediate_transaction(work).map_err(|error| unavailable(&error));
        for job in jobs {
            job.settle(committed.clone());
        }
    }

    /// Bounded: what is left over goes after the next batch.
    fn sweep_when_due(&mut self) {
        if self.swept.is_some_and(|at| at.elapsed() < SWEEP_EVERY) {
            return;
        }
        let now = self.clock.now();
        match self.connection.immediate_transaction(|tx| sweep(tx, now, SWEEP_ROWS)) {
            Ok(rows) if i64::try_from(rows) == Ok(SWEEP_ROWS) => {}
            Ok(_) => self.swept = Some(Instant::now()),
            Err(error) => {
                tracing::warn!(%error, "expired ephemeral rows could not be swept");
                self.swept = Some(Instant::now());
            }
        }
    }
}
