//! The page.

use crate::pages::page::Page;
use crate::pages::parts::{Application, clock};
use askama::Template;

/// Asks for a user name and a recovery code. The form posts `username`, `code` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/lost.html")]
pub(super) struct Lost<'a> {
    pub(super) page: Page<'a>,
    /// The URL that the form posts to.
    pub(super) action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub(super) csrf: &'a str,
    pub(super) application: Option<Application<'a>>,
    pub(super) username: &'a str,
    /// Where everybody else signs in.
    pub(super) sign_in_url: &'a str,
    /// Why the page is shown again.
    pub(super) problem: Option<Problem>,
}

/// Why the sign-in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// Unknown, with a password, or another code: one text for all.
    Wrong,
    /// Too many failures; to be answered with 429 and Retry-After.
    Throttled {
        /// Seconds until another attempt is taken.
        seconds: u64,
    },
}

impl Lost<'_> {
    fn error(&self) -> String {
        match self.problem {
            Some(Problem::Wrong) => self.page.texts.get("passkey-lost-wrong"),
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
