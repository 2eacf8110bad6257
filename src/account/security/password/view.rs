//! The page.

use crate::account::new_password::Outcome;
use crate::account::view::Console;
use crate::op::letters::weakness_text;
use crate::platform::http::page::Page;
use askama::Template;

/// `/account/security/password`. The form posts `current`, `new` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/password.html")]
pub struct NewPassword<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// The console.
    pub console: Console<'a>,
    /// The user name, for password managers.
    pub username: &'a str,
    /// So many characters are wanted.
    pub minimum: u64,
    /// Why it was not changed.
    pub problem: Option<Outcome>,
}

impl NewPassword<'_> {
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

    /// What stands above the form.
    fn notice(&self) -> Option<String> {
        let texts = self.page.texts;
        match self.problem {
            Some(Outcome::Wait(wait)) => {
                let seconds = wait.as_secs();
                Some(texts.with("login-throttled", "time", format!("{}:{:02}", seconds / 60, seconds % 60)))
            }
            Some(Outcome::Busy) => Some(texts.get("login-busy")),
            Some(Outcome::Stale) => Some(texts.get("password-stale")),
            _ => None,
        }
    }
}
