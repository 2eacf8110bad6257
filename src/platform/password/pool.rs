//! A few threads that hash, each with memory that it keeps, behind a queue that refuses instead of growing.

use super::memory::Memory;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A worker with nothing to do for this long wipes its memory; a busy one overwrites it anyway.
const WIPE_AFTER: Duration = Duration::from_millis(50);
/// The assumed duration of a job before one was measured.
const FIRST_GUESS: Duration = Duration::from_millis(25);

/// Up to where jobs may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// So many at most: each holds some memory.
    pub(super) places: usize,
    /// So long at most, by what jobs took of late; someone who waits longer gives up or asks again.
    pub(super) wait: Duration,
}

impl Bound {
    pub(super) const fn places(places: usize) -> Self {
        Self { places, wait: Duration::MAX }
    }

    /// Whether one more may wait behind so many.
    fn admits(self, waiting: usize, workers: usize, mean: Duration) -> bool {
        let turns = u32::try_from(waiting / workers.max(1)).unwrap_or(u32::MAX);
        waiting < self.places && mean.saturating_mul(turns) <= self.wait
    }
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

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
    workers: usize,
    bound: Bound,
}

struct State {
    jobs: VecDeque<Job>,
    /// What a job takes a worker, the latest counting most.
    mean: Duration,
    closed: bool,
}

enum Next {
    Job(Job),
    Idle,
    Closed,
}

impl Pool {
    pub(super) fn start(workers: usize, bound: Bound) -> std::io::Result<Self> {
        let workers = workers.max(1);
        let state = Mutex::new(State { jobs: VecDeque::new(), mean: FIRST_GUESS, closed: false });
        let queue = Arc::new(Queue { state, changed: Condvar::new(), workers, bound });
        let pool = Self(Arc::clone(&queue));
        for _ in 0..workers {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name("password".to_owned()).spawn(move || work(&queue))?;
        }
        Ok(pool)
    }

    /// Runs on a worker; the memory is as a former job left it. A caller who goes away before its turn costs nothing.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&mut Memory) -> T + Send + 'static,
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
        if !self.bound.admits(state.jobs.len(), self.workers, state.mean) {
            return Err(Refused::Full);
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    fn took(&self, time: Duration) {
        let mut state = self.lock();
        state.mean = (state.mean.saturating_mul(7).saturating_add(time)) / 8;
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
    let mut memory = Memory::default();
    let mut dirty = false;
    loop {
        match queue.next(dirty.then_some(WIPE_AFTER)) {
            Next::Job(job) => {
                dirty = true;
                let begun = Instant::now();
                // A panic drops the reply, which fails the caller; the worker continues.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
                queue.took(begun.elapsed());
            }
            Next::Idle => {
                memory.wipe();
                dirty = false;
            }
            Next::Closed => return memory.wipe(),
        }
    }
}

/// Hashing yields to answering. Linux keeps niceness per thread; elsewhere nothing is done.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_bounded_by_time_and_the_memory_by_places() {
        let bound = Bound { places: 1_000, wait: Duration::from_secs(3) };
        let (quick, slow, stuck) = (Duration::from_millis(20), Duration::from_millis(200), Duration::from_secs(60));
        assert!(bound.admits(63, 1, quick), "64 browsers at once");
        assert!(bound.admits(300, 2, quick) && !bound.admits(302, 2, quick));
        assert!(bound.admits(150, 1, quick) && !bound.admits(151, 1, quick));
        assert!(bound.admits(30, 2, slow) && !bound.admits(32, 2, slow));
        assert!(bound.admits(999, 1_000, quick) && !bound.admits(1_000, 1_000, quick));
        // Whatever it takes, somebody is served.
        assert!(bound.admits(1, 2, stuck) && !bound.admits(2, 2, stuck));
        assert!(Bound::places(4).admits(3, 1, stuck) && !Bound::places(4).admits(4, 1, quick));
    }

    #[test]
    fn what_jobs_take_is_learned() {
        let pool = Pool::start(1, Bound::places(1)).unwrap();
        let mean = || pool.0.lock().mean;
        (0..100).for_each(|_| pool.0.took(Duration::from_millis(80)));
        assert_eq!(mean().as_millis(), 79);
        (0..100).for_each(|_| pool.0.took(Duration::ZERO));
        assert!(mean() < Duration::from_millis(1));
    }
}
