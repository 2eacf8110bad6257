//! Growing delays for repeated failures, and counts in windows of time.
//!
//! Nobody is locked out permanently: delays have an upper bound. A browser known to be the person's has separate delays
//! of its own ([`Attempt::known_device`]), so that strangers can't hold its owner up. Names and addresses reach the store only inside hashed keys.
//! When the store can't confirm, nobody is admitted.

mod failures;
mod growth;
mod network;
mod rate;
#[cfg(test)]
mod tests;

pub use self::growth::Growth;
pub use self::network::{network, party};
pub use self::rate::Who;

use self::failures::Failures;
use super::{
    clock::Clock,
    ephemeral::{Namespace, Slot, Slots},
    error::Unavailable,
};
use std::{net::IpAddr, sync::Arc, time::Duration};

/// No account waits longer; no address or network.
const LONGEST_ACCOUNT_DELAY: Duration = Duration::from_secs(300);
const LONGEST_NETWORK_DELAY: Duration = Duration::from_secs(60);

/// The number of free failures within a window; then each doubles the wait.
pub type Free = (u32, Duration);

/// What sign-in failures count against; `None` counts nothing.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    account: Option<Growth>,
    address: Option<Growth>,
    network: Option<Growth>,
}

impl Rules {
    /// By account, by address, and by network (an office may be behind one).
    pub fn new(account: Option<Free>, address: Option<Free>, network: Option<Free>) -> Self {
        let growth = |free: Option<Free>, cap: Duration| {
            free.map(|(free, per)| Growth { free, first: Duration::from_secs(1), cap, forget: per.max(cap * 3) })
        };
        Self {
            account: growth(account, LONGEST_ACCOUNT_DELAY),
            address: growth(address, LONGEST_NETWORK_DELAY),
            network: growth(network, LONGEST_NETWORK_DELAY),
        }
    }

    /// The counters of an attempt.
    fn counts(&self, attempt: &Attempt<'_>) -> Vec<(String, Growth)> {
        let counts = [
            (account_id(attempt), self.account),
            (format!("address\0{}", party(attempt.address)), self.address),
            (format!("network\0{}", network(attempt.address)), self.network),
        ];
        counts.into_iter().filter_map(|(id, growth)| Some((id, growth?))).collect()
    }
}

/// Someone tries to prove who they are.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The one name of the account, whatever alias was typed: its id, or the folded text if there is no such account.
    pub account: &'a str,
    /// Where the try comes from: the peer, or what a trusted proxy says.
    pub address: IpAddr,
    /// The id in the signed cookie of a browser in which this account signed in before.
    pub known_device: Option<&'a str>,
}

/// Why a request is refused now.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Throttled {
    /// Too much, too fast: 429, or a page that says how long to wait. Rounded up to whole seconds, at least one.
    #[error("retry after {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// The store can't confirm: 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Throttled {
    fn after(wait: Duration) -> Self {
        Self::RetryAfter(Duration::from_secs(wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)))
    }
}

/// Decides who must wait.
#[derive(Clone)]
pub struct Throttle {
    slots: Slots,
    failures: Slot<Failures>,
    clock: Arc<dyn Clock>,
    rules: Rules,
}

impl Throttle {
    /// A throttle that remembers in the ephemeral store.
    pub fn new(slots: Slots, clock: Arc<dyn Clock>, rules: Rules) -> Self {
        Self { failures: slots.slot(Namespace::Throttle), slots, clock, rules }
    }

    /// Admits an attempt, or says how long to wait. To be called before any secret is compared.
    ///
    /// An admitted attempt counts as a failure from now on, so that a thousand tries at once gain no more than a
    /// thousand in a row: call [`Throttle::succeeded`] when it was none, [`Throttle::withdraw`] when nothing was judged.
    pub async fn admit(&self, attempt: &Attempt<'_>) -> Result<(), Throttled> {
        let counts = self.rules.counts(attempt);
        for (position, (id, growth)) in counts.iter().enumerate() {
            let counted = self.count(id, growth).await;
            if counted.is_err() {
                for (id, growth) in counts.iter().take(position) {
                    self.give_back(id, growth).await?;
                }
                return counted;
            }
        }
        Ok(())
    }

    /// The attempt proved who it is: its account's delays end, and its network is not counted.
    pub async fn succeeded(&self, attempt: &Attempt<'_>) -> Result<(), Unavailable> {
        self.withdraw(attempt).await?;
        if self.rules.account.is_some() {
            self.failures.delete(&account_id(attempt)).await?;
        }
        Ok(())
    }

    /// The attempt had no result (a store or the password pool was busy): it is not counted.
    pub async fn withdraw(&self, attempt: &Attempt<'_>) -> Result<(), Unavailable> {
        for (id, growth) in self.rules.counts(attempt) {
            self.give_back(&id, &growth).await?;
        }
        Ok(())
    }
}

/// A known browser has its own count, and can't be held up by what others try.
fn account_id(attempt: &Attempt<'_>) -> String {
    match attempt.known_device {
        Some(device) => format!("device\0{device}\0{}", attempt.account),
        None => format!("account\0{}", attempt.account),
    }
}
