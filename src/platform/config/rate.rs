//! Rates as operators write them: `50/1s`.

use super::value::{Raw, Setting};
use std::time::Duration;

/// A number of times within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How often; at least 1.
    pub count: u32,
    /// Within which window; at least a second.
    pub per: Duration,
}

impl Rate {
    /// `count` within `seconds`.
    pub const fn new(count: u32, seconds: u64) -> Self {
        Self { count, per: Duration::from_secs(seconds) }
    }

    /// Reads `50/1s`, `5/15m`.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, per) = text.split_once('/')?;
        let count = count.bytes().all(|byte| byte.is_ascii_digit()).then(|| count.parse().ok())??;
        let per = super::duration::parse(per)?;
        (count > 0 && !per.is_zero()).then_some(Self { count, per })
    }
}

impl Setting for Rate {
    const CAN_BE_OFF: bool = true;
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be a rate such as `50/1s` or `5/15m`, or `off`";
        Self::parse(raw.text(rule)?).ok_or_else(|| rule.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_count_and_a_window() {
        assert_eq!(Rate::parse("50/1s"), Some(Rate::new(50, 1)));
        assert_eq!(Rate::parse("5/15m"), Some(Rate::new(5, 900)));
        for bad in ["", "/", "5", "0/1s", "5/0s", "5/s", "5/1", "-5/1s", "+5/1s", "5/1s/2", "5000000000/1s"] {
            assert_eq!(Rate::parse(bad), None, "{bad}");
        }
    }
}
