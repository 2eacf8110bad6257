//! The pages of a forgotten password.

use crate::model::credential::choice::Weakness;
use crate::op::letters::weakness_text;
use crate::op::proof_by_mail::Faults;
use crate::pages::page::Page;
use crate::pages::parts::Person;
use askama::Template;

/// Which account? Answered with `PagePolicy::interaction()`. The form posts `username` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/recovery/ask.html")]
pub struct Ask<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// The value of the field.
    pub username: &'a str,
    /// Whether it was left empty.
    pub is_missing: bool,
    /// Back to the sign-in.
    pub sign_in_url: &'a str,
}

/// A new password, for the code or by the link. The form posts `code` (by code only), `password` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/recovery/password.html")]
pub struct NewPassword<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`; empty by link, whose secret stands in for it.
    pub csrf: &'a str,
    /// The address that a link has proved; none where the code is asked for.
    pub address: Option<&'a str>,
    /// What was typed as the code.
    pub code: &'a str,
    /// The minimum length in characters.
    pub minimum: u32,
    /// Why the page is shown again.
    pub faults: &'a Faults<Weakness>,
    /// Where to ask for another code.
    pub again_url: &'a str,
}

impl NewPassword<'_> {
    const fn by_code(&self) -> bool {
        self.address.is_none()
    }

    fn code_error(&self) -> String {
        if self.faults.code { self.page.texts.get("recovery-wrong-code") } else { String::new() }
    }

    fn password_error(&self) -> String {
        self.faults.own.first().map(|weakness| weakness_text(self.page.texts, *weakness)).unwrap_or_default()
    }
}

/// The result: the password is set, or the code or link is no longer valid.
#[derive(Debug, Template)]
#[template(path = "interaction/recovery/end.html")]
pub struct End<'a> {
    pub page: Page<'a>,
    /// Whether there is a new password.
    pub is_done: bool,
    /// Where the one button leads: to sign in, or to ask again.
    pub next_url: &'a str,
}
