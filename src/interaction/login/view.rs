//! The sign-in page.

use crate::platform::http::{
    page::Page,
    parts::{Application, Person},
};
use askama::Template;

/// Sign in with username and password. Answered with `PagePolicy::interaction()`.
///
/// The form posts `username`, `password` and `csrf`; the cancel button posts `decision=cancel` instead.
#[derive(Debug, Template)]
#[template(path = "interaction/login/page.html")]
pub struct SignIn<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// Who asks; none when a person signs in at the home page.
    pub application: Option<Application<'a>>,
    /// What stands in the username field: as typed, or the `login_hint`.
    pub username: &'a str,
    /// Set when a known person must prove again that it is them: `username` is then fixed.
    pub person: Option<Person<'a>>,
    /// Where "use another account" leads (a GET that shows this page without `person`).
    pub switch_url: Option<&'a str>,
    /// Why the page is shown again.
    pub problem: Option<Problem>,
}

/// Why a sign-in didn't happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Unknown, disabled or wrong: one text for all.
    WrongCredentials,
    /// The username was left empty.
    UsernameMissing,
    /// The password was left empty.
    PasswordMissing,
    /// Too many failures; to be answered with 429 and Retry-After.
    Throttled {
        /// Seconds until another attempt is taken.
        seconds: u64,
    },
    /// No room for another password check; to be answered with 503 and Retry-After.
    Busy,
}

impl SignIn<'_> {
    fn username_error(&self) -> String {
        match self.problem {
            Some(Problem::UsernameMissing) => self.page.texts.get("login-username-missing"),
            _ => String::new(),
        }
    }

    fn password_error(&self) -> String {
        match self.problem {
            Some(Problem::WrongCredentials) if self.person.is_some() => self.page.texts.get("login-wrong-password"),
            Some(Problem::WrongCredentials) => self.page.texts.get("login-wrong"),
            Some(Problem::PasswordMissing) => self.page.texts.get("login-password-missing"),
            _ => String::new(),
        }
    }

    fn is_busy(&self) -> bool {
        self.problem == Some(Problem::Busy)
    }

    fn is_wrong(&self) -> bool {
        self.problem == Some(Problem::WrongCredentials)
    }

    /// Seconds to wait, if any.
    fn wait(&self) -> Option<u64> {
        match self.problem {
            Some(Problem::Throttled { seconds }) => Some(seconds),
            _ => None,
        }
    }

    /// The wait as `m:ss`, which needs no plural and which the script counts down.
    fn wait_clock(&self) -> String {
        let seconds = self.wait().unwrap_or_default();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }

    fn focus_username(&self) -> bool {
        self.problem == Some(Problem::UsernameMissing) || (self.username.is_empty() && self.person.is_none())
    }
}

/// The interaction is over: too old, used, or of another browser. Answered with 400 or 410.
#[derive(Debug, Template)]
#[template(path = "interaction/login/expired.html")]
pub struct Expired<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// Where the person came from, if it is still known.
    pub application: Option<Application<'a>>,
    /// Where the one button leads: the application's own start page, or the home page.
    pub return_url: &'a str,
    /// The reference that `latchkey explain` knows.
    pub reference: &'a str,
}
