//! The page.

use crate::interaction::login::passkey::view::Offer;
use crate::pages::page::Page;
use crate::pages::parts::{Person, clock};
use crate::platform::clock::Time;
use askama::Template;

/// Asks a signed-in person whether to keep the account. Answered with `PagePolicy::interaction()`.
///
/// The form posts `person`, `proof` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/leaving.html")]
pub struct Leaving<'a> {
    pub page: Page<'a>,
    pub person: Person<'a>,
    /// When the account is gone.
    pub at: Time,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// Our own name for the person.
    pub person_id: &'a str,
    /// What was proven in this interaction.
    pub proof: &'a str,
    /// Where "not now" leads.
    pub sign_in_url: &'a str,
    /// Whether the person has a second factor that was not shown yet: a `code` is posted too.
    pub asks_code: bool,
    /// Whether the code can be one of an app; else it is a recovery code.
    pub has_authenticator: bool,
    /// A passkey instead of a code.
    pub passkey: Option<Offer>,
    /// Why the page is shown again.
    pub problem: Option<Problem>,
}

/// Why the account is not kept yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The field was left empty.
    Missing,
    /// Wrong, too old or used: one text for all.
    Wrong,
    /// Too many failures; answered with 429.
    Wait {
        /// Seconds until another attempt is taken.
        seconds: u64,
    },
}

impl Leaving<'_> {
    fn label(&self) -> String {
        let texts = self.page.texts;
        if self.has_authenticator { texts.get("leaving-code") } else { texts.get("code-recovery-label") }
    }

    fn error(&self) -> String {
        let texts = self.page.texts;
        match self.problem {
            None => String::new(),
            Some(Problem::Missing) => texts.get("code-empty"),
            Some(Problem::Wrong) if self.has_authenticator => texts.get("code-wrong"),
            Some(Problem::Wrong) => texts.get("code-recovery-wrong"),
            Some(Problem::Wait { seconds }) => texts.with("login-throttled", "time", clock(seconds)),
        }
    }
}
