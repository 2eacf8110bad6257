//! Time is injected, so that tests advance it instead of sleeping.

pub use latchkey_jose::time::Time;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A moment as people read it in a time zone (a name of the IANA database), if this machine knows it; else in UTC.
pub fn stamp_in(time: Time, zone: Option<&str>) -> String {
    let zone = zone.and_then(|name| jiff::tz::TimeZone::get(name).ok().map(|zone| (name, zone)));
    let moment = jiff::Timestamp::from_second(time.seconds()).ok();
    match zone.zip(moment) {
        Some(((name, zone), moment)) => {
            format!("{} ({name})", moment.to_zoned(zone).strftime("%Y-%m-%d %H:%M"))
        }
        None => time.stamp(),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Time;
}

/// The machine's clock, but only forward. Where it is set back, the monotonic clock continues: what has
/// expired stays expired as long as this process runs.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl SystemClock {
    /// How far the machine's clock was set back since this process began.
    pub fn held_back() -> Duration {
        FORWARD.read(wall(), monotonic()).since(wall())
    }
}

/// A clock that was set back has to run evenly for so long before it is followed again.
const EVEN: i64 = 60_000;

impl SystemClock {
    /// Follows the machine's clock again after it was set back, once it has run evenly for a minute since this was first
    /// asked for. Until then time goes on by the monotonic one. A clock that ran ahead (or a machine that woke up in another year)
    /// would otherwise be held against the server until it is restarted.
    pub fn settle() {
        static SETTLING: Mutex<Option<(i64, i64)>> = Mutex::new(None);
        let mut settling = SETTLING.lock().unwrap_or_else(PoisonError::into_inner);
        *settling = FORWARD.settle(wall(), monotonic(), *settling);
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Time {
        FORWARD.read(wall(), monotonic())
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
fn wall() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time::from_millis(millis(since.unwrap_or_default()))
}

/// Milliseconds since the first call. Linux slews this clock with the other one, and steps only the other.
fn monotonic() -> i64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    millis(BEGUN.get_or_init(Instant::now).elapsed())
}

static FORWARD: Forward = Forward(AtomicI64::new(i64::MIN));

/// The most that a clock was ever ahead of the monotonic one, in milliseconds.
struct Forward(AtomicI64);

impl Forward {
    fn read(&self, wall: Time, monotonic: i64) -> Time {
        let ahead = wall.millis().saturating_sub(monotonic);
        let most = self.0.fetch_max(ahead, Ordering::Relaxed).max(ahead);
        Time::from_millis(monotonic.saturating_add(most))
    }

    /// `settling`: how far ahead the clock was when it began to settle, and when that was.
    fn settle(&self, wall: Time, monotonic: i64, settling: Option<(i64, i64)>) -> Option<(i64, i64)> {
        const JITTER: u64 = 1_000;
        let ahead = wall.millis().saturating_sub(monotonic);
        let Some((first, since)) = settling.filter(|(first, _)| first.abs_diff(ahead) <= JITTER) else {
            return Some((ahead, monotonic));
        };
        if monotonic.saturating_sub(since) < EVEN {
            return Some((first, since));
        }
        self.0.store(ahead, Ordering::Relaxed);
        None
    }
}

/// A clock that stands until it is advanced.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Time) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(millis(by), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_15_a_clock_that_is_set_back_neither_goes_back_nor_stands() {
        let forward = Forward(AtomicI64::new(i64::MIN));
        // The wall's seconds, the monotonic ones, and what is told.
        let table = [
            (1_000, 0, 1_000),
            (1_010, 10, 1_010),
            // An hour forward: machines sleep.
            (4_620, 20, 4_620),
            // An hour back: time goes on.
            (1_030, 30, 4_630),
            (1_040, 40, 4_640),
            // Right again.
            (4_650, 50, 4_650),
        ];
        for (wall, monotonic, told) in table {
            let time = forward.read(Time::from_seconds(wall), monotonic * 1000);
            assert_eq!(time, Time::from_seconds(told), "{wall} {monotonic}");
        }
    }

    #[test]
    fn f_15_a_clock_that_jumped_ahead_and_came_back_is_followed_again_after_an_even_minute() {
        let forward = Forward(AtomicI64::new(i64::MIN));
        let seconds = Time::from_seconds;
        forward.read(seconds(1_000), 0);
        forward.read(seconds(90_000), 10_000); // a day ahead
        let mut settling = None;
        // Back again; it wanders once more, and only then runs evenly.
        for (wall, monotonic) in [(1_020, 20_000), (1_050, 50_000), (5_000, 60_000), (1_080, 80_000), (1_120, 120_000)]
        {
            settling = forward.settle(seconds(wall), monotonic, settling);
            assert!(settling.is_some() && forward.read(seconds(wall), monotonic) > seconds(80_000), "{wall}");
        }
        assert_eq!(forward.settle(seconds(1_141), 141_000, settling), None);
        assert_eq!(forward.read(seconds(1_141), 141_000), seconds(1_141));
    }

    #[test]
    fn a_moment_is_written_in_a_zone_that_is_known_and_else_in_utc() {
        let summer = Time::from_seconds(1_751_371_200);
        assert_eq!(stamp_in(summer, Some("Europe/London")), "2025-07-01 13:00 (Europe/London)");
        for odd in [None, Some(""), Some("Nowhere/Land"), Some("../../etc/passwd"), Some("/etc/localtime")] {
            assert_eq!(stamp_in(summer, odd), "2025-07-01 12:00 UTC", "{odd:?}");
        }
    }
}
