//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::pages::parts::Application;
use crate::platform::clock::Time;
use askama::Template;

/// `/account/applications`. The forms post `revoke`, a client's id, and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/applications.html")]
pub struct Applications<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    pub applications: Vec<Entry>,
    /// One was taken back.
    pub is_done: bool,
}

/// An application with access to the account.
#[derive(Debug)]
pub struct Entry {
    pub client_id: String,
    pub name: String,
    /// The host that it returns to.
    pub host: String,
    pub is_unverified: bool,
    /// Where we serve its logo.
    pub logo: Option<String>,
    /// What it may, as sentences.
    pub permissions: Vec<String>,
    pub since: Time,
    /// When it last got tokens.
    pub used_at: Option<Time>,
    /// Where a login begins at it.
    pub start_url: Option<String>,
}

impl Entry {
    fn application(&self) -> Application<'_> {
        Application {
            name: &self.name,
            host: &self.host,
            is_unverified: self.is_unverified,
            logo: self.logo.clone(),
            ..Application::default()
        }
    }
}
