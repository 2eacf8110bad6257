//! The fault matrix: what is done to a running provider, and what must hold all the same.

mod beside;
mod commit;
mod crash;
mod drain;
mod failover;
mod held;
mod machine;
mod race;
mod redis;
mod replica;
mod restore;
mod rotation;
mod split;
mod sqlite;
mod upgrade;
mod victim;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tests that load the machine run one after another, so that none is slow because of another.
fn alone() -> MutexGuard<'static, ()> {
    static LOADED: Mutex<()> = Mutex::new(());
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}
