//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use askama::Template;

/// `/account/sessions`. The forms post `end`, the id of a session or `others`, and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    pub sessions: Vec<Session>,
    pub is_done: bool,
}

impl Sessions<'_> {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_here)
    }
}

#[derive(Debug)]
pub struct Session {
    pub id: String,
    pub device: Device,
    /// From where: an address prefix.
    pub network: String,
    pub since: Time,
    /// When it ends at the latest.
    pub until: Time,
    /// Whether it is the present session.
    pub is_here: bool,
}
