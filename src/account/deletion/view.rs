//! The pages.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use askama::Template;

/// `/account/data/delete`. The form posts `confirm` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/deletion.html")]
pub struct Delete<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// What the person must type: the user name or the address.
    pub confirm: &'a str,
    /// The grace period in days.
    pub days: u64,
    /// Something else was typed.
    pub is_wrong: bool,
}

impl Delete<'_> {
    fn confirm_error(&self) -> String {
        if self.is_wrong { self.page.texts.with("delete-wrong", "name", self.confirm) } else { String::new() }
    }
}

#[derive(Debug, Template)]
#[template(path = "account/deletion_asked.html")]
pub struct Asked<'a> {
    pub page: Page<'a>,
    /// When the account will be deleted.
    pub at: Time,
    /// The sign-in that cancels the deletion.
    pub sign_in_url: String,
}
