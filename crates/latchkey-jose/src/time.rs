//! Instants, as tokens and stores write them.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant in UTC, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since 1970, as JWT claims carry them; saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970, as the stores keep them.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 (RFC 7519 §2 NumericDate).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// As machines read it (RFC 3339 §5.6), in whole seconds.
    pub fn rfc3339(self) -> String {
        self.written(time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
    }

    /// As people read it, in UTC.
    pub fn stamp(self) -> String {
        self.written(time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC"))
    }

    /// Empty for a time that no calendar has.
    fn written(self, format: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
        let moment = time::OffsetDateTime::from_unix_timestamp(self.seconds()).ok();
        moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default()
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}
