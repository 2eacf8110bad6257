//! The pages.

use super::qr::Picture;
use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::secret::Secret;
use askama::Template;

/// Sets up an app.
#[derive(Debug, Template)]
#[template(path = "account/authenticator_enrol.html")]
pub(super) struct Enrol<'a> {
    pub(super) page: Page<'a>,
    pub(super) console: Console<'a>,
    /// The URL that the form posts to.
    pub(super) action: &'a str,
    /// The seed, for the form.
    pub(super) sealed: &'a str,
    /// The seed, for typing.
    pub(super) secret: &'a Secret<String>,
    /// The seed as a QR code.
    pub(super) picture: Picture,
    /// What the app is called.
    pub(super) name: &'a str,
    /// Whether the code was wrong.
    pub(super) is_wrong: bool,
}

impl Enrol<'_> {
    /// In groups of four, for reading.
    fn grouped(&self) -> String {
        let mut text = String::new();
        for (position, character) in self.secret.expose().chars().enumerate() {
            if position > 0 && position % 4 == 0 {
                text.push(' ');
            }
            text.push(character);
        }
        text
    }

    fn error(&self) -> String {
        if self.is_wrong { self.page.texts.get("authenticator-wrong") } else { String::new() }
    }
}

/// The app that is enrolled.
#[derive(Debug, Template)]
#[template(path = "account/authenticator.html")]
pub(super) struct Enrolled<'a> {
    pub(super) page: Page<'a>,
    pub(super) console: Console<'a>,
    /// The URL that the forms post to.
    pub(super) action: &'a str,
    /// The name that the person gave it.
    pub(super) name: &'a str,
    /// When it was enrolled.
    pub(super) created_at: Time,
    /// When it was last used.
    pub(super) last_used_at: Option<Time>,
    pub(super) codes_left: u64,
    /// Remembered browsers, which need no code.
    pub(super) remembered: Vec<Remembered>,
    /// Whether something was changed.
    pub(super) is_changed: bool,
}

/// A remembered browser, which needs no code.
#[derive(Debug)]
pub(super) struct Remembered {
    /// What the form sends for it.
    pub(super) id: String,
    pub(super) device: Device,
    pub(super) network: String,
    pub(super) until: Time,
}
