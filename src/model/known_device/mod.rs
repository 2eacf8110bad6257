//! Browsers in which a person has signed in before, by a cookie of their own. Each is throttled by itself, so that
//! strangers cannot hold its owner up; and one that the person wants to be remembered asks for no second factor.

pub mod store;

use crate::platform::clock::Time;
use crate::platform::crypto::{Pepper, TokenHash};
use std::time::Duration;

/// How long a browser that is not seen stays known.
pub const KNOWN_FOR: Duration = Duration::from_secs(365 * 86_400);
/// How long a browser is remembered: no second factor is asked for.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(30 * 86_400);

/// A person in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    pub id: String,
    /// The person's epoch when it was last seen.
    pub person_epoch: i64,
    /// No second factor is asked for until then.
    pub remembered_until: Option<Time>,
}

impl KnownDevice {
    /// Whether the second factor need not be proven in it, for a person who is in this epoch now.
    pub fn is_remembered(&self, epoch: i64, now: Time) -> bool {
        self.person_epoch == epoch && self.remembered_until.is_some_and(|until| now < until)
    }
}

/// What the store keeps of a browser's cookie.
pub fn hash(pepper: &Pepper, cookie: &str) -> TokenHash {
    pepper.hash("device_cookie", cookie.as_bytes())
}
