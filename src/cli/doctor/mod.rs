//! `latchkey doctor`: checks everything that an installation depends on, and says how to fix what is wrong.

mod files;
mod keys;
mod mail;
mod network;
mod passkeys;
mod settings;
mod stores;

use super::{
    Answer, Failure, Globals, Outside, Seen, Site, clean, count, database_name, ephemeral_url, load_config, span,
    stamp, without_password,
};
use serde_json::{Value, json};

/// The result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// The result of one check.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    level: Level,
    what: String,
    fix: String,
}

impl Finding {
    fn ok(what: impl Into<String>) -> Self {
        Self { level: Level::Ok, what: what.into(), fix: String::new() }
    }

    fn warn(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { level: Level::Warn, what: what.into(), fix: fix.into() }
    }

    fn fail(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { level: Level::Fail, what: what.into(), fix: fix.into() }
    }

    const fn word(&self) -> &'static str {
        match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        }
    }
}

pub(super) async fn run(globals: &Globals) -> Result<Answer, Failure> {
    let site = Site::of(load_config(globals)?)?;
    let mut found = settings::look(&site);
    found.extend(files::look(&site));
    let schema_is_current = stores::database(&site, &mut found).await;
    found.extend(stores::ephemeral(&site).await);
    if schema_is_current {
        found.extend(keys::look(&site).await);
        found.extend(passkeys::look(&site).await);
        found.extend(mail::waiting(&site).await);
    }
    found.extend(mail::way_out(&site).await);
    found.extend(network::look(&site).await);
    Ok(report(&found))
}

fn report(found: &[Finding]) -> Answer {
    let of = |level| found.iter().filter(|finding| finding.level == level).count();
    let (failed, warned) = (of(Level::Fail), of(Level::Warn));
    let mut text: String = found.iter().map(line).collect();
    text.push_str(&match (failed, warned) {
        (0, 0) => "\nAll is well.".to_owned(),
        (0, warned) => format!("\nIt works; {} to look at.", count(warned, "thing", "things")),
        (failed, _) => format!("\n{} to fix. Then run the doctor again.", count(failed, "thing", "things")),
    });
    let json: Vec<Value> = found
        .iter()
        .map(|finding| json!({"level": finding.word(), "what": finding.what, "fix": finding.fix}))
        .collect();
    Answer { failed: failed > 0, ..Answer::new(text, json!({"ok": failed == 0, "findings": json})) }
}

fn line(finding: &Finding) -> String {
    let word = match finding.level {
        Level::Ok => "ok  ",
        Level::Warn => "warn",
        Level::Fail => "FAIL",
    };
    let fix = if finding.fix.is_empty() { String::new() } else { format!("      → {}\n", clean(&finding.fix)) };
    format!("{word}  {}\n{fix}", clean(&finding.what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failure_makes_the_doctor_fail() {
        assert!(!report(&[Finding::ok("a"), Finding::warn("b", "c")]).failed);
        let bad = report(&[Finding::fail("b", "mend it")]);
        assert!(bad.failed && bad.text.contains("FAIL  b\n      → mend it"));
    }
}
