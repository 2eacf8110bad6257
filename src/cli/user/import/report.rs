//! The results of the rows.

use super::import::Progress;
use super::notes::{Kind, Notes};
use super::row::Row;
use super::source::Format;
use super::{Answer, Failure, table};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Up to this number every row is reported; in larger files this many refused rows or warnings are.
const LISTED: usize = 1_000;
const SHOWN: usize = 100;

/// What was done, and the person's `sub`; or the error.
pub(super) type Done = Result<(&'static str, String), String>;

/// The result of a row.
pub(super) struct Outcome {
    index: u64,
    line: u64,
    name: String,
    result: Done,
    warnings: Vec<String>,
    notes: Vec<Kind>,
}

/// The progress with one more row.
pub(super) fn counted(mut progress: Progress, done: &Done) -> Progress {
    let counter = match done {
        Ok(("created", _)) => &mut progress.created,
        Ok(("updated", _)) => &mut progress.updated,
        Ok(_) => &mut progress.unchanged,
        Err(_) => &mut progress.refused,
    };
    *counter = counter.saturating_add(1);
    progress.done = progress.done.saturating_add(1);
    progress
}

impl Outcome {
    pub(super) fn of(row: &Row, result: Done) -> Self {
        let (name, warnings, notes) = (row.name.clone(), row.warnings.clone(), row.notes.clone());
        Self { index: row.index, line: row.line, name, result, warnings, notes }
    }

    fn json(&self) -> Value {
        let Self { index, line, name, warnings, .. } = self;
        // Counted from 1, as people do; `index` remains for programs that use it.
        let row = index.saturating_add(1);
        match &self.result {
            Ok((done, sub)) => {
                json!({"row": row, "index": index, "line": line, "username": name, "outcome": done, "sub": sub, "warnings": warnings})
            }
            Err(reason) => {
                json!({"row": row, "index": index, "line": line, "username": name, "outcome": "failed", "error": reason})
            }
        }
    }
}

/// Counts, the reported rows, and the file for refused rows.
pub(super) struct Report {
    pub(super) progress: Progress,
    format: Format,
    /// Rows done by an earlier, interrupted import.
    resumed_after: i64,
    /// Every row, for small files.
    all: Vec<Outcome>,
    /// Refused rows and warnings, for large files.
    is_long: bool,
    notes: Notes,
    errors: Option<BufWriter<File>>,
}

impl Report {
    pub(super) fn begin(format: Format, errors: Option<&Path>, resumed: Option<Progress>) -> Result<Self, Failure> {
        let failed =
            |path: &Path, error: std::io::Error| Failure::new(format!("{} cannot be written: {error}", path.display()));
        let open = |path: &Path| {
            let mut options = OpenOptions::new();
            options.create(true).append(resumed.is_some()).write(true).truncate(resumed.is_none());
            options.open(path).map(BufWriter::new).map_err(|error| failed(path, error))
        };
        let progress = resumed.unwrap_or_default();
        let errors = errors.map(open).transpose()?;
        Ok(Self {
            progress,
            format,
            resumed_after: progress.done,
            all: Vec::new(),
            is_long: false,
            notes: Notes::default(),
            errors,
        })
    }

    pub(super) fn add(&mut self, outcome: Outcome) -> Result<(), Failure> {
        self.progress = counted(self.progress, &outcome.result);
        if let (Some(file), Err(_)) = (&mut self.errors, &outcome.result) {
            let written = writeln!(file, "{}", outcome.json()).and_then(|()| file.flush());
            written.map_err(|error| Failure::new(format!("cannot write the --errors file: {error}")))?;
        }
        if outcome.result.is_ok() {
            outcome.notes.iter().for_each(|note| self.notes.add(note.clone(), &outcome.name));
        }
        let matters = |outcome: &Outcome| outcome.result.is_err() || !outcome.warnings.is_empty();
        if !self.is_long && self.all.len() == LISTED {
            self.is_long = true;
            self.all.retain(matters);
        }
        if !self.is_long || (matters(&outcome) && self.all.len() < LISTED) {
            self.all.push(outcome);
        }
        Ok(())
    }

    fn place(&self, outcome: &Outcome) -> u64 {
        if self.format == Format::Json { outcome.index.saturating_add(1) } else { outcome.line }
    }

    /// `notes` are about the file as a whole.
    pub(super) fn answer(mut self, dry_run: bool, notes: Notes) -> Answer {
        self.notes.merge(notes);
        let Progress { created, updated, unchanged, refused, .. } = self.progress;
        let mut text = String::new();
        if self.resumed_after > 0 {
            text.push_str(&format!("Continued after {}.\n", self.format.rows(self.resumed_after)));
        }
        text.push_str(if dry_run { "Dry run, nothing was written. The result would be: " } else { "" });
        text.push_str(&format!("{created} created, {updated} updated, {unchanged} unchanged, {refused} refused.\n"));
        self.notes.lines().iter().for_each(|line| text.push_str(&format!("- {line}\n")));
        text.push_str(&self.refusals());
        let rows: Vec<_> = self.all.iter().map(Outcome::json).collect();
        let json = json!({
            "created": created, "updated": updated, "unchanged": unchanged, "failed": refused, "dry_run": dry_run,
            "resumed_after": self.resumed_after, "rows": rows, "notes": self.notes.json(),
        });
        Answer { failed: refused > 0, ..Answer::new(text, json).warn(self.warnings()) }
    }

    fn refusals(&self) -> String {
        let failed: Vec<_> = self.all.iter().filter_map(|row| Some((row, row.result.as_ref().err()?))).collect();
        if failed.is_empty() {
            return String::new();
        }
        let line = |(row, reason): &(&Outcome, &String)| {
            vec![self.place(row).to_string(), row.name.clone(), (*reason).clone()]
        };
        let lines: Vec<_> = failed.iter().take(SHOWN).map(line).collect();
        let head = if self.format == Format::Json { "ROW" } else { "LINE" };
        let mut text = table(&[head, "USERNAME", "WHY NOT"], &lines);
        let more = self.progress.refused.saturating_sub(i64::try_from(lines.len()).unwrap_or_default());
        if more > 0 {
            text.push_str(&format!("and {more} more; --errors FILE saves them all.\n"));
        }
        let these = if self.progress.refused == 1 { "this row" } else { "these rows" };
        text.push_str(&format!(
            "Correct {these} (counted from 1) and import the file again: imported rows do not change."
        ));
        text
    }

    fn warnings(&self) -> Vec<String> {
        let word = if self.format == Format::Json { "row" } else { "line" };
        let told = self.all.iter().flat_map(|row| {
            row.warnings.iter().map(move |warning| format!("{word} {} ({}): {warning}", self.place(row), row.name))
        });
        let mut told: Vec<String> = told.collect();
        let more = told.len().saturating_sub(SHOWN);
        told.truncate(SHOWN);
        told.extend((more > 0).then(|| format!("and {more} more such")));
        told
    }
}
