//! The pages of signing up.

use super::join::Fault;
use crate::op::letters::weakness_text;
use crate::op::proof_by_mail::Faults;
use crate::pages::page::Page;
use crate::pages::profile_form::FormField;
use askama::Template;

/// Which address? Answered with `PagePolicy::interaction()`. The form posts `email` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/signup/ask.html")]
pub struct Ask<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// The value of the field.
    pub email: &'a str,
    /// Whether it is no address.
    pub is_wrong: bool,
    /// Back to the sign-in.
    pub sign_in_url: &'a str,
}

/// Name and password. The form posts `code` (by code only), `name`, `username`, `password` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/signup/account.html")]
pub struct Account<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`; empty by link, whose secret stands in for it.
    pub csrf: &'a str,
    /// The address that a link has proved; none where the code is asked for.
    pub address: Option<&'a str>,
    pub code: &'a str,
    pub name: &'a str,
    pub username: &'a str,
    /// The profile fields that the operator requests.
    pub fields: Vec<FormField<'a>>,
    /// The minimum length in characters.
    pub minimum: u32,
    pub(super) faults: &'a Faults<Fault>,
    /// Where to ask for another code.
    pub again_url: &'a str,
}

impl Account<'_> {
    fn code_error(&self) -> String {
        if self.faults.code { self.page.texts.get("recovery-wrong-code") } else { String::new() }
    }

    fn name_error(&self) -> String {
        let texts = self.page.texts;
        let told = self.faults.own.iter().find_map(|fault| match fault {
            Fault::NameMissing => Some(texts.get("signup-name-missing")),
            Fault::NameUnseen => Some(texts.get("profile-unseen")),
            _ => None,
        });
        told.unwrap_or_default()
    }

    fn username_error(&self) -> String {
        let texts = self.page.texts;
        let told = self.faults.own.iter().find_map(|fault| match fault {
            Fault::UsernameTaken => Some(texts.get("signup-username-taken")),
            Fault::UsernameUnusable => Some(texts.get("signup-username-unusable")),
            _ => None,
        });
        told.unwrap_or_default()
    }

    fn password_error(&self) -> String {
        let told = self.faults.own.iter().find_map(|fault| match fault {
            Fault::Weak(weakness) => Some(weakness_text(self.page.texts, *weakness)),
            _ => None,
        });
        told.unwrap_or_default()
    }
}

/// The result: there is an account, or the code or link is no longer valid.
#[derive(Debug, Template)]
#[template(path = "interaction/signup/end.html")]
pub struct End<'a> {
    pub page: Page<'a>,
    /// Whether there is an account.
    pub is_done: bool,
    /// Where the one button leads: to sign in, or to ask again.
    pub next_url: &'a str,
}
