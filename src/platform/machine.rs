//! What the machine gives a provider.

use super::clock::Clock;
use super::crypto::MasterKeys;
use super::password::Cost;
use super::random::Random;
use std::sync::Arc;

/// Time, randomness, and the keys that only this machine has. Tests give their own.
#[derive(Clone)]
pub struct Machine {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// What opens secrets at rest.
    pub masters: Arc<MasterKeys>,
    /// What a password hash costs; tests make it cheap.
    pub cost: Cost,
}
