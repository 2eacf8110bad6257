//! Durations as operators write them: a whole number and `s`, `m`, `h` or `d`.

use super::value::{Raw, Setting};
use std::time::Duration;

/// Ten years: beyond it a duration is a slip of the pen, and sums of times could overflow.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);

/// Reads `30s`, `10m`, `2h`, `14d`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let number = text.strip_suffix(unit)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    // `parse` alone would take `+5`.
    let number: u64 = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())??;
    let duration = Duration::from_secs(number.checked_mul(seconds)?);
    (duration <= LONGEST).then_some(duration)
}

impl Setting for Duration {
    const CAN_BE_OFF: bool = true;
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be a duration such as `30s`, `10m`, `2h` or `14d`";
        parse(raw.text(rule)?).filter(|duration| !duration.is_zero()).ok_or_else(|| rule.to_owned())
    }
}

/// A duration that may also be `0s`.
pub(super) struct OrZero(pub(super) Duration);

impl Setting for OrZero {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be a duration such as `20s`, or `0s` for none";
        parse(raw.text(rule)?).map(Self).ok_or_else(|| rule.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("30s"), Some(30));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h"), Some(7200));
        assert_eq!(seconds("14d"), Some(1_209_600));
        for bad in
            ["", "s", "10", "1.5h", "-1s", "+1s", "1 s", "10M", "1m30s", "10é", "99999999999999999999s", "9999999999d"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
