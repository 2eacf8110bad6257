//! When a message is tried again, and when it is given up.

use super::{Delivery, Message};
use crate::platform::clock::Time;
use std::time::Duration;

/// A message is given up so long after it was written.
pub const GIVE_UP: Duration = Duration::from_secs(24 * 60 * 60);
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// What becomes of a message after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is over: `delivered`, `refused` or `expired`.
    Done {
        /// The word of the receipt.
        outcome: &'static str,
        /// Why, unless it was delivered.
        error: Option<String>,
    },
    /// It is tried again.
    Again {
        /// Not before.
        at: Time,
        error: String,
    },
}

impl Next {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Done { outcome, .. } => outcome,
            Self::Again { .. } => "failed",
        }
    }
}

/// Judges an attempt. `jitter` is random: the wait is up to a quarter longer by it, so that what failed together is not
/// tried together.
pub(super) fn next(message: &Message, delivery: Delivery, now: Time, jitter: u16) -> Next {
    match delivery {
        Delivery::Delivered => Next::Done { outcome: "delivered", error: None },
        Delivery::Refused(error) => Next::Done { outcome: "refused", error: Some(error) },
        Delivery::Failed(error) => {
            let at = now + wait(message.attempts, jitter);
            let end = message.created_at + GIVE_UP;
            if at > end { Next::Done { outcome: "expired", error: Some(error) } } else { Next::Again { at, error } }
        }
    }
}

/// 5 s, 10 s, 20 s, … an hour.
fn wait(attempts: i64, jitter: u16) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT);
    wait.saturating_add(wait.saturating_mul(u32::from(jitter)) / (4 * u32::from(u16::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(attempts: i64) -> Message {
        Message {
            id: "m".into(),
            kind: "k".into(),
            client_id: None,
            payload: "{}".into(),
            attempts,
            created_at: Time::from_seconds(1_000),
            claimed_until: Time::default(),
        }
    }

    #[test]
    fn waits_double_up_to_an_hour_and_jitter_adds_at_most_a_quarter() {
        let seconds = |attempts, jitter| wait(attempts, jitter).as_millis();
        assert_eq!([1, 2, 3, 10, 11, 1_000].map(|n| seconds(n, 0) / 1_000), [5, 10, 20, 2_560, 3_600, 3_600]);
        assert_eq!((seconds(1, u16::MAX), seconds(99, u16::MAX)), (6_250, 4_500_000));
    }

    #[test]
    fn an_attempt_that_failed_is_repeated_until_the_day_is_over() {
        let failed = || Delivery::Failed("away".into());
        let soon = next(&message(1), failed(), Time::from_seconds(1_001), 0);
        assert_eq!(soon, Next::Again { at: Time::from_seconds(1_006), error: "away".into() });
        let late = next(&message(30), failed(), Time::from_seconds(1_000 + 86_000), 0);
        assert_eq!(late, Next::Done { outcome: "expired", error: Some("away".into()) });
    }

    #[test]
    fn delivered_and_refused_are_final() {
        let done = |delivery| next(&message(1), delivery, Time::from_seconds(1_001), 0);
        assert_eq!(done(Delivery::Delivered), Next::Done { outcome: "delivered", error: None });
        let refused = Next::Done { outcome: "refused", error: Some("no".into()) };
        assert_eq!(done(Delivery::Refused("no".into())), refused);
    }
}
