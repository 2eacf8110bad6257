//! A few threads that hash, each with a block of memory that it keeps, behind a queue that refuses instead of growing.

use argon2::Block;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// A worker with nothing to do for this long wipes its memory; a busy one overwrites it anyway.
const WIPE_AFTER: Duration = Duration::from_millis(50);

type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Full,
    Stopped,
}

/// The threads end when this is dropped; what still waits is given up.
pub(super) struct Pool(Arc<Queue>);

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    limit: usize,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

enum Next {
    Job(Job),
    Idle,
    Closed,
}

impl Pool {
    pub(super) fn start(workers: usize, limit: usize) -> std::io::Result<Self> {
        let queue = Arc::new(Queue { state: Mutex::default(), changed: Condvar::new(), limit });
        let pool = Self(Arc::clone(&queue));
        for _ in 0..workers.max(1) {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name("password".to_owned()).spawn(move || work(&queue))?;
        }
        Ok(pool)
    }

    /// Runs on a worker; the memory is as a former job left it. A caller who goes away before its turn costs nothing.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.push(Box::new(move |memory| {
            if !reply.is_closed() {
                let _ = reply.send(work(memory));
            }
        }))?;
        answer.await.map_err(|_| Refused::Stopped)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.jobs.clear();
        self.0.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.jobs.len() >= self.limit {
            return Err(Refused::Full);
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    /// The next job; with `patience`, `Idle` once none came for that long.
    fn next(&self, patience: Option<Duration>) -> Next {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Next::Closed;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Next::Job(job);
            }
            let Some(patience) = patience else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (woken, timeout) = self.changed.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if timeout.timed_out() && state.jobs.is_empty() && !state.closed {
                return Next::Idle;
            }
        }
    }
}

fn work(queue: &Queue) {
    lower_priority();
    let mut memory: Vec<Block> = Vec::new();
    let mut dirty = false;
    loop {
        match queue.next(dirty.then_some(WIPE_AFTER)) {
            Next::Job(job) => {
                dirty = true;
                // A panic drops the reply, which tells the caller; the worker lives on.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
            }
            Next::Idle => {
                memory.fill(Block::new());
                dirty = false;
            }
            Next::Closed => return memory.fill(Block::new()),
        }
    }
}

/// Hashing yields to answering. Linux keeps niceness per thread; elsewhere nothing is done.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}
