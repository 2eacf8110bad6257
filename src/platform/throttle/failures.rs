//! The failures of one account or network, counted with a compare-and-swap.

use super::{Growth, Throttle, Throttled};
use crate::platform::{clock::Time, error::Unavailable};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tries before a crowd on one key counts as the answer.
const TRIES: usize = 16;

/// Failures in a row.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Failures {
    count: u32,
    last: Time,
}

impl Failures {
    fn wait(self, growth: &Growth, now: Time) -> Duration {
        (self.last + growth.delay(self.count)).since(now)
    }
}

impl Throttle {
    /// Counts one more, unless the delay of those before is not over.
    pub(super) async fn count(&self, id: &str, growth: &Growth) -> Result<(), Throttled> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some(old) = self.failures.find_versioned(id).await? else {
                if self.failures.put_if_absent(id, &Failures { count: 1, last: now }, growth.forget).await? {
                    return Ok(());
                }
                continue;
            };
            let wait = old.value.wait(growth, now);
            if !wait.is_zero() {
                return Err(Throttled::after(wait));
            }
            let new = Failures { count: old.value.count.saturating_add(1), last: now };
            if self.failures.replace(id, &old, &new, growth.forget).await? {
                return Ok(());
            }
        }
        Err(Throttled::after(growth.first))
    }

    /// Takes one back. When others are faster all the time it stays counted, which is the safe side.
    pub(super) async fn give_back(&self, id: &str, growth: &Growth) -> Result<(), Unavailable> {
        for _ in 0..TRIES {
            let Some(old) = self.failures.find_versioned(id).await? else { return Ok(()) };
            let new = Failures { count: old.value.count.saturating_sub(1), ..old.value };
            if self.failures.replace(id, &old, &new, growth.forget).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}
