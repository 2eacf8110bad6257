//! Not more sentences at once than the shared PostgreSQL server has connections for, however many cores there are.

use std::sync::{Condvar, Mutex, PoisonError};

/// Each may run two replicas with four connections each; the server takes a hundred.
const AT_ONCE: usize = 8;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// A sentence's turn, over when dropped.
pub(super) struct Turn;

/// Waits for a turn.
pub(super) fn take() -> Turn {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut running = ENDED.wait_while(running, |running| *running >= AT_ONCE).unwrap_or_else(PoisonError::into_inner);
    *running += 1;
    Turn
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
