//! The page.

use crate::account::password::change::Outcome;
use crate::account::password::removal::Removal;
use crate::account::view::Console;
use crate::op::letters::weakness_text;
use crate::pages::page::Page;
use crate::pages::parts::clock;
use askama::Template;

/// `/account/security/password`. The form posts `current`, `new`, `end_offline` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/password.html")]
pub struct NewPassword<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The user name, for password managers.
    pub username: &'a str,
    /// Whether the password may be removed; or there is none.
    pub removal: Removal,
    /// Whether the person could sign in without it.
    pub offers_passkeys: bool,
    /// The minimum length in characters.
    pub minimum: u64,
    /// Whether applications lose their offline access.
    pub ends_offline: bool,
    /// Why it was not changed.
    pub problem: Option<Outcome>,
}

impl NewPassword<'_> {
    fn is_set(&self) -> bool {
        self.removal != Removal::NoPassword
    }

    fn title(&self) -> String {
        let texts = self.page.texts;
        if self.is_set() { texts.get("password-title") } else { texts.get("password-set-title") }
    }

    fn lead(&self) -> String {
        let texts = self.page.texts;
        if self.is_set() { texts.get("password-lead") } else { texts.get("password-set-lead") }
    }

    fn may_go(&self) -> bool {
        self.removal == Removal::Fine
    }

    /// Why the password may not be removed.
    fn stays(&self) -> String {
        let texts = self.page.texts;
        match self.removal {
            Removal::NoPasskey => texts.get("password-remove-no-passkey"),
            Removal::NoWayBack => texts.get("password-remove-no-way-back"),
            Removal::Stale => texts.get("password-stale"),
            Removal::Fine | Removal::NoPassword => String::new(),
        }
    }

    fn current_error(&self) -> String {
        match self.problem {
            Some(Outcome::Wrong) => self.page.texts.get("password-wrong"),
            _ => String::new(),
        }
    }

    fn new_error(&self) -> String {
        let texts = self.page.texts;
        match self.problem {
            Some(Outcome::Same) => texts.get("password-same"),
            Some(Outcome::Weak(weakness)) => weakness_text(texts, weakness),
            _ => String::new(),
        }
    }

    /// The text above the form.
    fn notice(&self) -> Option<String> {
        let texts = self.page.texts;
        match self.problem {
            Some(Outcome::Wait(wait)) => Some(texts.with("login-throttled", "time", clock(wait.as_secs()))),
            Some(Outcome::Busy) => Some(texts.get("login-busy")),
            Some(Outcome::Stale) => Some(texts.get("password-stale")),
            _ => None,
        }
    }
}
