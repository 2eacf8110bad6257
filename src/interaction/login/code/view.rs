//! The page of the second factor.

use crate::platform::http::page::Page;
use crate::platform::http::parts::{Application, Person};
use askama::Template;

/// Asks for a code. The form posts `code`, `remember` and `csrf`; the cancel button `decision=cancel` instead.
#[derive(Debug, Template)]
#[template(path = "interaction/login/code.html")]
pub(super) struct SecondFactor<'a> {
    /// The shell.
    pub(super) page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub(super) action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub(super) csrf: &'a str,
    /// Who asks.
    pub(super) application: Option<Application<'a>>,
    /// Whose code it is.
    pub(super) person: Person<'a>,
    /// Whether a recovery code is asked for.
    pub(super) is_recovery: bool,
    /// Where the other kind of code is asked for.
    pub(super) other_url: &'a str,
    /// Why the page is shown again.
    pub(super) problem: Option<Problem>,
}

/// Why a code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// Wrong, too old or used: one text for all.
    Wrong,
    /// The field was left empty.
    Missing,
    /// Too many failures; to be answered with 429 and Retry-After.
    Throttled {
        /// Seconds until another attempt is taken.
        seconds: u64,
    },
}

impl SecondFactor<'_> {
    fn title(&self) -> String {
        let texts = self.page.texts;
        if self.is_recovery { texts.get("code-recovery-title") } else { texts.get("code-title") }
    }

    fn error(&self) -> String {
        let texts = self.page.texts;
        match (self.problem, self.is_recovery) {
            (Some(Problem::Wrong), false) => texts.get("code-wrong"),
            (Some(Problem::Wrong), true) => texts.get("code-recovery-wrong"),
            (Some(Problem::Missing), _) => texts.get("code-empty"),
            _ => String::new(),
        }
    }

    /// Seconds to wait, if any.
    const fn wait(&self) -> Option<u64> {
        match self.problem {
            Some(Problem::Throttled { seconds }) => Some(seconds),
            _ => None,
        }
    }

    /// The wait as `m:ss`.
    fn wait_clock(&self) -> String {
        let seconds = self.wait().unwrap_or_default();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}
