//! So many within a window of time.

use super::{Throttle, Throttled};
use crate::platform::ephemeral::Namespace;
use std::time::Duration;

impl Throttle {
    /// Counts one `what` (an endpoint's name) of `who` (a client, a network) and refuses all beyond `count` within
    /// the running window of length `per`. Windows begin at multiples of `per`, alike on every replica.
    pub async fn allow(&self, what: &str, who: &str, count: u32, per: Duration) -> Result<(), Throttled> {
        let now = self.clock.now().millis();
        let per = i64::try_from(per.as_millis()).unwrap_or(i64::MAX).max(1);
        let (window, left) = (now.div_euclid(per), per - now.rem_euclid(per));
        let left = Duration::from_millis(left.unsigned_abs());
        let id = format!("{what}\0{window}\0{who}");
        if self.slots.increment(Namespace::Rate, &id, left).await? > u64::from(count) {
            return Err(Throttled::after(left));
        }
        Ok(())
    }
}
