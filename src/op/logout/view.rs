//! The pages of signing out.

use crate::pages::{
    page::Page,
    parts::{Application, Person},
};
use askama::Template;

/// Asks whether to sign out (OpenID Connect RP-Initiated Logout §2). Answered with `PagePolicy::interaction()`.
///
/// The form posts `decision=logout` or `decision=cancel`, and `csrf`.
#[derive(Debug, Template)]
#[template(path = "op/logout/confirm.html")]
pub struct ConfirmSignOut<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to (`/logout/confirm…`).
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`.
    pub csrf: &'a str,
    /// The requesting application, if known.
    pub application: Option<Application<'a>>,
    /// Whether it sent an ID token that cannot be verified.
    pub is_unverified: bool,
    /// Who is signed in.
    pub person: Option<Person<'a>>,
}

/// Says that the person is signed out, or that nothing ended. Answered with `PagePolicy::interaction()`, with the frames' origins.
#[derive(Debug, Template)]
#[template(path = "op/logout/signed_out.html")]
pub struct SignedOut<'a> {
    pub page: Page<'a>,
    /// Whether anything ended: an ID token without a cookie may name no live session.
    pub is_ended: bool,
    /// The application that the person may go back to.
    pub application: Option<Application<'a>>,
    /// Its registered post-logout address, where the browser goes on to; without it no way back is offered.
    pub return_url: Option<&'a str>,
    /// Where "sign in again" leads; usually the home page's sign-in.
    pub sign_in_url: Option<&'a str>,
    /// The hidden frames (Front-Channel Logout §2).
    pub frames: Vec<&'a str>,
}

impl SignedOut<'_> {
    fn continue_url(&self) -> Option<&str> {
        self.return_url
    }
}

/// Says that the person chose to stay signed in. Answered with `PagePolicy::interaction()`.
#[derive(Debug, Template)]
#[template(path = "op/logout/stayed.html")]
pub struct StayedSignedIn<'a> {
    pub page: Page<'a>,
    /// Who is signed in.
    pub person: Option<Person<'a>>,
    /// Where the one button leads.
    pub home_url: &'a str,
}
