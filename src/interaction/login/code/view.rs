//! The page of the second factor.

use crate::interaction::login::passkey::view::Offer;
use crate::pages::page::Page;
use crate::pages::parts::{Application, Person, clock};
use askama::Template;

/// Asks for a code. The form posts `code`, `remember` and `csrf`; the cancel button `decision=cancel` instead.
#[derive(Debug, Template)]
#[template(path = "interaction/login/code.html")]
pub(super) struct SecondFactor<'a> {
    pub(super) page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub(super) action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub(super) csrf: &'a str,
    pub(super) application: Option<Application<'a>>,
    /// Whose code it is.
    pub(super) person: Person<'a>,
    /// Whether a recovery code is asked for.
    pub(super) is_recovery: bool,
    /// Whether a code is asked for at all.
    pub(super) asks_code: bool,
    /// A passkey of this person may be used instead.
    pub(super) passkey: Option<Offer>,
    /// Whether there is an app to go back to from the recovery codes.
    pub(super) has_authenticator: bool,
    /// Where the other kind of code is asked for.
    pub(super) other_url: Option<&'a str>,
    /// Where the person signs in again, if only a passkey helps here.
    pub(super) sign_in_url: Option<&'a str>,
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
        match (self.is_recovery, self.asks_code) {
            (true, _) => texts.get("code-recovery-title"),
            (false, true) => texts.get("code-title"),
            (false, false) => texts.get("passkey-second-title"),
        }
    }

    fn lead(&self) -> String {
        let texts = self.page.texts;
        match (self.is_recovery, self.asks_code) {
            (true, _) => texts.get("code-recovery-lead"),
            (false, true) => texts.get("code-lead"),
            (false, false) => texts.get("passkey-second-lead"),
        }
    }

    /// The link to the other kind of code, or back from it.
    fn other(&self) -> String {
        let texts = self.page.texts;
        match (self.is_recovery, self.has_authenticator) {
            (false, _) => texts.get("code-use-recovery"),
            (true, true) => texts.get("code-use-authenticator"),
            (true, false) => texts.get("passkey-use"),
        }
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
        clock(self.wait().unwrap_or_default())
    }
}
