//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use askama::Template;

/// `/account/security`
#[derive(Debug, Template)]
#[template(path = "account/security.html")]
pub struct Security<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The sign-in methods, a row each.
    pub entries: Vec<Entry>,
    /// The password was changed.
    pub is_changed: bool,
    /// The password was removed.
    pub is_without_password: bool,
}

#[derive(Debug)]
pub struct Entry {
    pub title: String,
    pub detail: String,
    /// Since when, if it is set.
    pub at: Option<Time>,
    /// Where it is changed.
    pub url: String,
    /// What the link says.
    pub action: String,
}
