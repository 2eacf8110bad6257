//! The page.

use crate::account::view::Console;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::http::page::Page;
use askama::Template;

/// `/account/activity`
#[derive(Debug, Template)]
#[template(path = "account/activity.html")]
pub struct Activity<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// The console.
    pub console: Console<'a>,
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where what happened before is shown.
    pub older_url: Option<String>,
}

/// Something that happened.
#[derive(Debug)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What, as a sentence.
    pub sentence: String,
    /// With what.
    pub device: Option<Device>,
    /// By the people who run this service.
    pub is_by_operator: bool,
}
