//! How a delay grows.

use std::time::Duration;

/// The course of a delay over failures in a row.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// Failures without a delay.
    pub free: u32,
    /// The delay after them; doubles with each further failure.
    pub first: Duration,
    /// No delay is longer.
    pub cap: Duration,
    /// So long after the last one the failures are forgotten. Longer than `cap`.
    pub forget: Duration,
}

impl Growth {
    /// How long after the last of `failures` the next try may come.
    #[must_use]
    pub fn delay(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.free) else { return Duration::ZERO };
        let factor = 2_u32.checked_pow(beyond).unwrap_or(u32::MAX);
        self.first.checked_mul(factor).unwrap_or(self.cap).min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_its_cap() {
        let seconds = Duration::from_secs;
        let growth = Growth { free: 5, first: seconds(1), cap: seconds(300), forget: seconds(3600) };
        let delays = [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (13, 256), (14, 300), (1000, 300), (u32::MAX, 300)];
        for (failures, expected) in delays {
            assert_eq!(growth.delay(failures), seconds(expected), "{failures}");
        }
    }
}
