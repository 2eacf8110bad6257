//! The sign-in page.

use super::passkey::view::Offer;
use crate::pages::{
    page::Page,
    parts::{Application, Person, clock},
};
use askama::Template;

/// Sign in with username and password. Answered with `PagePolicy::interaction()`.
///
/// The form posts `username`, `password` and `csrf`; the cancel button posts `decision=cancel` instead.
#[derive(Debug, Template)]
#[template(path = "interaction/login/page.html")]
pub struct SignIn<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// The requesting application; none when a person signs in at the home page.
    pub application: Option<Application<'a>>,
    /// The value of the username field: as typed, or the `login_hint`.
    pub username: &'a str,
    /// Set when a known person must authenticate again: `username` is then fixed.
    pub person: Option<Person<'a>>,
    /// Where "use another account" leads (a GET that shows this page without `person`).
    pub switch_url: Option<&'a str>,
    /// Why the page is shown again.
    pub problem: Option<Problem>,
    /// Where a forgotten password is set again; only where mail is configured.
    pub recovery_url: Option<&'a str>,
    /// Where a code by mail is asked for instead: the form posts there too.
    pub mail_url: Option<&'a str>,
    /// Where an account is made; only where anyone may.
    pub signup_url: Option<&'a str>,
    /// The way in without a password.
    pub passkey: Option<Offer>,
    /// Where somebody without a password goes who lost the passkey.
    pub lost_url: Option<&'a str>,
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

    /// Whether there is a way in behind "other ways".
    const fn has_other_ways(&self) -> bool {
        self.mail_url.is_some() || self.lost_url.is_some()
    }

    /// Whether a passkey was tried in vain: then the other ways are wanted.
    fn passkey_failed(&self) -> bool {
        self.passkey.as_ref().is_some_and(|offer| !offer.problem.is_empty())
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

    /// The wait as `m:ss`.
    fn wait_clock(&self) -> String {
        clock(self.wait().unwrap_or_default())
    }

    fn focus_username(&self) -> bool {
        self.problem == Some(Problem::UsernameMissing) || (self.username.is_empty() && self.person.is_none())
    }
}

/// The account chooser. Answered with `PagePolicy::interaction()`.
///
/// The form posts `account`, the handle of one, and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/accounts.html")]
pub struct Accounts<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    pub application: Application<'a>,
    /// Who is signed in here.
    pub accounts: Vec<Account<'a>>,
    /// Where "use another account" leads.
    pub other_url: &'a str,
}

/// One of the accounts.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// What the form sends for it.
    pub handle: &'a str,
    pub person: Person<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Texts;

    fn html(username: &str, person: Option<Person<'_>>, problem: Option<Problem>) -> String {
        let texts = Texts::default();
        let application = Application { name: "<Harbour>", host: "harbour.example", ..Default::default() };
        SignIn {
            page: Page::new(&texts, "/auth", "Latchkey"),
            action: "/auth/login?interaction=1",
            csrf: "token",
            application: Some(application),
            username,
            person,
            switch_url: None,
            problem,
            recovery_url: None,
            mail_url: None,
            signup_url: None,
            passkey: None,
            lost_url: None,
        }
        .render()
        .unwrap()
    }

    #[test]
    fn the_first_submit_button_signs_in_and_cancel_needs_no_valid_field() {
        let html = html("", None, None);
        let submits: Vec<_> = html.split("<button").skip(1).filter(|tag| tag.contains("type=\"submit\"")).collect();
        assert!(submits[0].contains("id=\"login-submit\""));
        assert!(submits[1].contains("id=\"login-cancel\"") && submits[1].contains("formnovalidate"));
    }

    #[test]
    fn nothing_is_inline_and_what_others_wrote_is_escaped() {
        let html = html("\"><script>alert(1)</script>", None, Some(Problem::WrongCredentials));
        assert!(!html.contains("<script>") && !html.contains("<Harbour>"));
        assert!(!html.contains("style=") && !html.contains(" onclick") && !html.contains("<style"));
    }

    #[test]
    fn unknown_and_wrong_are_told_alike_and_the_name_stays() {
        let html = html("alice", None, Some(Problem::WrongCredentials));
        assert!(html.contains("don’t match") && html.contains("value=\"alice\""));
        assert!(!html.contains("id=\"password-error\" role=\"alert\" hidden"));
    }

    #[test]
    fn a_known_person_confirms_without_choosing_a_name() {
        let html = html("alice", Some(Person { name: "Alice", identifier: "alice", picture: None }), None);
        let field = html.split("<input").find(|tag| tag.contains("id=\"username\"")).unwrap();
        assert!(field.contains("readonly") && field.contains("value=\"alice\""));
    }

    #[test]
    fn a_throttled_page_says_how_long() {
        assert!(html("alice", None, Some(Problem::Throttled { seconds: 95 })).contains("again in 1:35."));
    }
}
