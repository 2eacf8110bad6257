//! Rate limits: a number of uses within a time window.

use super::{Throttle, Throttled, party};
use crate::platform::ephemeral::Namespace;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// Whom a rate counts. Addresses come in as such, so that no key is made of a single IPv6 address.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A client, an account, a browser: by its id.
    Named(&'a str),
    /// The party behind this address: [`party`].
    Address(IpAddr),
}

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(id) => f.write_str(id),
            Self::Address(address) => party(*address).fmt(f),
        }
    }
}

impl Throttle {
    /// Counts one `what` (an endpoint's name) of `who` and refuses all beyond `count` within
    /// the running window of length `per`. Windows begin at multiples of `per`, alike on every replica.
    pub async fn allow(&self, what: &str, who: Who<'_>, count: u32, per: Duration) -> Result<(), Throttled> {
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
