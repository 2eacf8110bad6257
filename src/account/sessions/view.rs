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

/// Where the person is signed in.
#[derive(Debug)]
pub struct Session {
    pub id: String,
    pub device: Device,
    /// From where: an address prefix.
    pub network: String,
    pub since: Time,
    /// Until when at the latest.
    pub until: Time,
    /// The session at hand.
    pub is_here: bool,
}
