//! Probes, their findings and the report.

use super::{Answer, Seen, clean, count};
use serde_json::{Value, json};

/// One check of a provider.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// `group.name`, stable.
    pub(super) id: &'static str,
    /// The rule that is checked.
    pub(super) clause: &'static str,
    /// How to fix it.
    pub(super) fix: &'static str,
}

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Ok,
    Warn,
    Fail,
    /// Skipped: the provider does not have it, or the command lacks an argument that it needs.
    Skipped,
}

/// What a probe saw.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) probe: Probe,
    pub(super) level: Level,
    pub(super) seen: String,
}

impl Probe {
    pub(super) const fn new(id: &'static str, clause: &'static str, fix: &'static str) -> Self {
        Self { id, clause, fix }
    }

    fn found(self, level: Level, seen: impl Into<String>) -> Finding {
        Finding { probe: self, level, seen: seen.into() }
    }

    pub(super) fn ok(self, seen: impl Into<String>) -> Finding {
        self.found(Level::Ok, seen)
    }

    pub(super) fn warn(self, seen: impl Into<String>) -> Finding {
        self.found(Level::Warn, seen)
    }

    pub(super) fn fail(self, seen: impl Into<String>) -> Finding {
        self.found(Level::Fail, seen)
    }

    pub(super) fn skip(self, why: impl Into<String>) -> Finding {
        self.found(Level::Skipped, why)
    }

    /// Fails if anything is wrong.
    pub(super) fn unless(self, wrong: &[String], good: impl Into<String>) -> Finding {
        if wrong.is_empty() { self.ok(good) } else { self.fail(wrong.join(", ")) }
    }

    /// The same as a warning.
    pub(super) fn warn_unless(self, wrong: &[String], good: impl Into<String>) -> Finding {
        if wrong.is_empty() { self.ok(good) } else { self.warn(wrong.join(", ")) }
    }

    /// Judges a response; no response is a failure.
    pub(super) fn of(self, answer: &Result<Seen, String>, judge: impl FnOnce(Self, &Seen) -> Finding) -> Finding {
        match answer {
            Ok(seen) => judge(self, seen),
            Err(cause) => self.fail(format!("no answer: {cause}")),
        }
    }

    fn group(&self) -> &'static str {
        self.id.split('.').next().unwrap_or_default()
    }
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// The report: groups in the order of the probes, then a summary line.
pub(super) fn report(issuer: &str, found: &[Finding]) -> Answer {
    let of = |level| found.iter().filter(|finding| finding.level == level).count();
    let (failed, warned, skipped) = (of(Level::Fail), of(Level::Warn), of(Level::Skipped));
    let mut text = format!("{}\n", clean(issuer));
    for (at, finding) in found.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| found.get(before));
        if before.is_none_or(|before| before.probe.group() != finding.probe.group()) {
            text.push_str(&format!("\n{}\n", finding.probe.group()));
        }
        text.push_str(&lines(finding));
    }
    let figures = format!("{} ok, {warned} to look at, {skipped} skipped", of(Level::Ok));
    text.push_str(&match failed {
        0 => format!("\nNothing fails: {figures}."),
        failed => format!("\n{} to fix; {figures}.", count(failed, "thing", "things")),
    });
    let counts = json!({"ok": of(Level::Ok), "warn": warned, "fail": failed, "skipped": skipped});
    let findings: Vec<Value> = found.iter().map(as_json).collect();
    let json = json!({"issuer": issuer, "ok": failed == 0, "counts": counts, "findings": findings});
    Answer { failed: failed > 0, ..Answer::new(text, json) }
}

/// The rule and the fix, only where there is something to do.
fn lines(finding: &Finding) -> String {
    let Probe { id, clause, fix } = finding.probe;
    let word = match finding.level {
        Level::Ok => "ok  ",
        Level::Warn => "warn",
        Level::Fail => "FAIL",
        Level::Skipped => "-   ",
    };
    let seen = shorten(&clean(&finding.seen));
    let first = format!("  {word}  {id}: {seen}\n");
    match finding.level {
        Level::Ok | Level::Skipped => first,
        Level::Warn | Level::Fail => format!("{first}        {clause}\n        → {fix}\n"),
    }
}

fn as_json(finding: &Finding) -> Value {
    let Probe { id, clause, fix } = finding.probe;
    let fix = matches!(finding.level, Level::Warn | Level::Fail).then_some(fix);
    json!({"id": id, "clause": clause, "level": finding.level.word(), "seen": finding.seen, "fix": fix})
}

/// Text from the provider is cut to three lines.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 240;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBE: Probe = Probe::new("jwks.public", "RFC 7517 §4", "take it out");

    #[test]
    fn only_a_failure_makes_the_command_fail() {
        let good = report("https://id.example", &[PROBE.ok("a"), PROBE.warn("b"), PROBE.skip("c")]);
        assert!(!good.failed && good.text.contains("Nothing fails: 1 ok, 1 to look at, 1 skipped."));
        let bad = report("https://id.example", &[PROBE.fail("key 1 has\u{1b}[2J d")]);
        assert!(bad.failed && bad.json["findings"][0]["fix"] == "take it out");
        let expected =
            "jwks\n  FAIL  jwks.public: key 1 has\u{fffd}[2J d\n        RFC 7517 §4\n        → take it out\n";
        assert!(bad.text.contains(expected) && bad.text.ends_with("1 thing to fix; 0 ok, 0 to look at, 0 skipped."));
    }
}
