//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use askama::Template;

/// `/account/activity`
#[derive(Debug, Template)]
#[template(path = "account/activity.html")]
pub struct Activity<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    pub entries: Vec<Entry>,
    /// The link to earlier events.
    pub older_url: Option<String>,
}

#[derive(Debug)]
pub struct Entry {
    pub at: Time,
    /// What, as a sentence.
    pub sentence: String,
    pub device: Option<Device>,
    /// Whether an operator did it.
    pub is_by_operator: bool,
}
