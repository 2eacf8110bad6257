//! The page.

use crate::platform::clock::Time;
use crate::platform::http::page::Page;
use crate::platform::http::parts::Person;
use askama::Template;

/// Asks somebody who signed in whether the account stays. Answered with `PagePolicy::interaction()`.
///
/// The form posts `person`, `proof` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/login/leaving.html")]
pub struct Leaving<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// Who it is.
    pub person: Person<'a>,
    /// When the account is gone.
    pub at: Time,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// Our own name for the person.
    pub person_id: &'a str,
    /// That the password was right, in this interaction.
    pub proof: &'a str,
    /// Where "not now" leads.
    pub sign_in_url: &'a str,
}
