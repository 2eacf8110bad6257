//! Progress on standard error.

use super::import::Progress;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const EACH: Duration = Duration::from_secs(1);

/// Reports progress: on one line of a terminal, or as a line every N rows.
pub(super) struct Teller {
    each: Option<u64>,
    is_terminal: bool,
    begun: Instant,
    first: i64,
    told: Option<(Instant, i64)>,
}

impl Teller {
    pub(super) fn new(each: Option<u64>, first: i64) -> Self {
        let is_terminal = each.is_none() && std::io::stderr().is_terminal();
        Self { each, is_terminal, begun: Instant::now(), first, told: None }
    }

    pub(super) fn tell(&mut self, progress: &Progress) {
        let last = self.told.map_or(self.first, |(_, done)| done);
        let is_due = match self.each {
            Some(each) => progress.done.saturating_sub(last) >= i64::try_from(each).unwrap_or(i64::MAX),
            None => self.is_terminal && self.told.is_none_or(|(at, _)| at.elapsed() >= EACH),
        };
        if !is_due {
            return;
        }
        self.told = Some((Instant::now(), progress.done));
        let seconds = self.begun.elapsed().as_secs().max(1);
        let rate = progress.done.saturating_sub(self.first).unsigned_abs() / seconds;
        let line = format!("{} rows done, {} refused, {rate} a second", progress.done, progress.refused);
        let mut err = std::io::stderr().lock();
        let _ = if self.is_terminal { write!(err, "\r{line}\x1b[K") } else { writeln!(err, "{line}") };
        let _ = err.flush();
    }

    /// Clears the line for the output.
    pub(super) fn end(&self) {
        if self.is_terminal && self.told.is_some() {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
