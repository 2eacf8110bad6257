//! The pages.

use crate::pages::page::Page;
use crate::pages::parts::Application;
use askama::Template;

/// Which account? The form posts `username` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/mail_ask.html")]
pub(super) struct Ask<'a> {
    pub(super) page: Page<'a>,
    /// The URL that the form posts to.
    pub(super) action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub(super) csrf: &'a str,
    /// The value of the field.
    pub(super) username: &'a str,
    /// Whether it was left empty.
    pub(super) is_missing: bool,
    /// Back to the sign-in.
    pub(super) sign_in_url: &'a str,
}

/// The code that was sent. The form posts `code` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/mail_code.html")]
pub(super) struct Code<'a> {
    pub(super) page: Page<'a>,
    /// The URL that the form posts to.
    pub(super) action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub(super) csrf: &'a str,
    pub(super) application: Option<Application<'a>>,
    pub(super) code: &'a str,
    /// Whether a code was typed that is none.
    pub(super) is_wrong: bool,
    /// Where to ask for another one.
    pub(super) again_url: &'a str,
    /// Back to the sign-in.
    pub(super) sign_in_url: &'a str,
}

impl Code<'_> {
    fn error(&self) -> String {
        if self.is_wrong { self.page.texts.get("mail-code-wrong") } else { String::new() }
    }
}

/// The page of a link. The form posts `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/mail_link.html")]
pub(super) struct ByLink<'a> {
    pub(super) page: Page<'a>,
    pub(super) standing: Standing<'a>,
    /// Where to sign in.
    pub(super) sign_in_url: &'a str,
}

/// The state of a link in this browser.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// This browser asked for it: one click signs in.
    Here {
        /// The URL that the form posts to.
        action: &'a str,
        /// The CSRF token of the hidden field `csrf`.
        csrf: &'a str,
    },
    Elsewhere,
    /// It is no longer valid.
    Over,
}
