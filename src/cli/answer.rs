//! A command's output: for people or as JSON.

use crate::admin::keys;
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::protocol::visible;
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

/// The outcome of a command that ran.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// For programs.
    pub(super) json: Value,
    /// For people.
    pub(super) text: String,
    /// Warnings, printed on standard error.
    pub(super) warnings: Vec<String>,
    /// True when a part was refused: exit code 1.
    pub(super) failed: bool,
    /// True when the command has printed its output already.
    pub(super) said: bool,
}

impl Answer {
    /// All went well.
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { json, text: text.into(), ..Self::default() }
    }

    /// Success with nothing more to print.
    pub(super) fn silent() -> Self {
        Self { said: true, ..Self::default() }
    }

    /// With warnings.
    #[must_use]
    pub(super) fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    message: String,
    fix: Option<String>,
    usage: bool,
}

impl Failure {
    /// Refused or failed: exit code 1.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), fix: None, usage: false }
    }

    /// Wrong usage: exit code 2.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(message) }
    }

    /// What went wrong.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Advice on what to do next; may be empty.
    pub(super) fn advice(&self) -> &str {
        self.fix.as_deref().unwrap_or_default()
    }

    /// Adds advice on what to do next.
    #[must_use]
    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl From<Unavailable> for Failure {
    fn from(unavailable: Unavailable) -> Self {
        let cause: Vec<_> = unavailable.cause.split_whitespace().collect();
        let failure = Self::new(format!("the store did not confirm: {}", cause.join(" ")));
        failure.fix("probably nothing was changed, but the connection may have broken during the commit: check, then try again. `latchkey doctor` checks the stores")
    }
}

impl From<keys::Failed> for Failure {
    fn from(failed: keys::Failed) -> Self {
        match failed {
            keys::Failed::Unavailable(unavailable) => unavailable.into(),
            other => Self::new(other.to_string()),
        }
    }
}

/// Asks at the terminal. Only `y` or `yes` confirms; without a terminal the command fails.
pub(super) fn confirm(question: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("there is no terminal to ask for confirmation; nothing was done")
            .fix("add --yes to skip the question"));
    }
    eprint!("{} [y/N] ", clean(question));
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    read.map_err(|error| Failure::new(format!("cannot read the answer: {error}")))?;
    match typed.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new("not confirmed; nothing was done")),
    }
}

/// Prints the output and returns the exit code. A closed pipe (`| head`) is not a failure.
pub(super) fn finish(outcome: Result<Answer, Failure>, as_json: bool) -> ExitCode {
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    match outcome {
        Ok(answer) => {
            for warning in &answer.warnings {
                let _ = writeln!(err, "warning: {}", clean(warning));
            }
            let _ = match (answer.said, as_json) {
                (true, _) => Ok(()),
                (false, true) => writeln!(out, "{:#}", answer.json),
                (false, false) => writeln!(out, "{}", answer.text.trim_end()),
            };
            if answer.failed { ExitCode::from(1) } else { ExitCode::SUCCESS }
        }
        Err(failure) => {
            let fix = failure.fix.as_deref();
            if as_json {
                let _ = writeln!(out, "{:#}", json!({"error": failure.message, "fix": fix}));
            } else {
                let _ = writeln!(err, "error: {}", lines(&failure.message));
                let _ = fix.map(|fix| writeln!(err, "  fix: {}", lines(fix)));
            }
            ExitCode::from(if failure.usage { 2 } else { 1 })
        }
    }
}

/// A table with aligned columns. Control characters from outside are replaced, so they cannot move the cursor.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|at| {
            std::iter::once(&head)
                .chain(&rows)
                .filter_map(|row| row.get(at))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    std::iter::once(&head).chain(&rows).map(line).collect()
}

/// Names and values, aligned; empty values are left out.
pub(super) fn fields(pairs: &[(&str, String)]) -> String {
    let shown: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    shown.iter().map(|(name, value)| format!("{name:<width$}  {}\n", clean(value))).collect()
}

/// Replaces control characters in text from outside, so that no escape sequence reaches the operator's terminal, and what
/// is not seen or turns the direction: two names that differ by it alone would look the same.
pub(super) fn clean(text: &str) -> String {
    let moves = |c: char| visible::controls(c) || visible::turns(c);
    text.chars().map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}

/// Quotes text from outside as one word of a printed shell command, so that pasting it runs nothing.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+=,".contains(c);
    let quoted = if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", clean(text).replace('\'', r"'\''"))
    };
    // And it must not be read as an option.
    if text.starts_with('-') { format!("-- {quoted}") } else { quoted }
}

fn lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n       ")
}

/// `2026-11-22 03:04:05 UTC`.
pub(super) fn stamp(time: Time) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let when = time::OffsetDateTime::from_unix_timestamp(time.seconds()).ok();
    when.and_then(|when| when.format(format).ok()).unwrap_or_default()
}

/// RFC 3339, for programs.
pub(super) fn rfc3339(time: Time) -> String {
    stamp(time).replacen(' ', "T", 1).replace(" UTC", "Z")
}

/// `3 days`, `2 hours`, in the largest unit that fits.
pub(super) fn span(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `1 person`, `2 people`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_control_characters_shown_as_such() {
        let rows = [vec!["é".to_owned(), "x".to_owned()], vec!["long".to_owned(), "\u{1b}[2J".to_owned()]];
        assert_eq!(table(&["A", "B"], &rows), "A     B\né     x\nlong  \u{fffd}[2J\n");
        assert_eq!(fields(&[("a", "1".into()), ("none", String::new()), ("name", "2".into())]), "a     1\nname  2\n");
    }

    #[test]
    fn a_word_of_a_command_is_one_word_whatever_it_holds() {
        for (text, shown) in [
            ("shop", "shop"),
            ("https://rp.example/meta", "https://rp.example/meta"),
            ("", "''"),
            ("x; rm -rf ~", "'x; rm -rf ~'"),
            ("$(id)`id`", "'$(id)`id`'"),
            ("it's", r"'it'\''s'"),
            ("--config=/tmp/x", "-- --config=/tmp/x"),
            ("a\nb", "'a\u{fffd}b'"),
        ] {
            assert_eq!(word(text), shown);
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(stamp(Time::from_seconds(0)), "1970-01-01 00:00:00 UTC");
        assert_eq!(rfc3339(Time::from_seconds(0)), "1970-01-01T00:00:00Z");
    }
}
