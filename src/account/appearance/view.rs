//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use askama::Template;

/// `/account/appearance`. The form posts `language` (empty follows the browser), `theme`, `version` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/appearance.html")]
pub struct AppearancePage<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The version on which the form is based.
    pub version: i64,
    /// The chosen language; empty where the browser decides.
    pub language: String,
    /// The word of the chosen theme.
    pub theme: &'static str,
    pub is_saved: bool,
    /// Somebody else saved meanwhile: nothing was saved.
    pub is_stale: bool,
}
