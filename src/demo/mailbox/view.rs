//! The mailbox.

use crate::pages::page::Page;
use crate::platform::mail::Received;
use askama::Template;

/// The emails, newest first. Answered with `PagePolicy::own_forms()`.
#[derive(Debug, Template)]
#[template(path = "demo/mailbox.html")]
pub struct Letters<'a> {
    pub page: Page<'a>,
    pub letters: Vec<Received>,
}

/// A line of an email: a link where it is one.
#[derive(Debug)]
pub struct Line<'a> {
    pub text: &'a str,
    /// Whether it is a URL alone.
    pub is_link: bool,
}

impl Letters<'_> {
    fn lines<'a>(&self, letter: &'a Received) -> Vec<Line<'a>> {
        let line = |text: &'a str| {
            let is_link = ["http://", "https://"].iter().any(|start| text.trim().starts_with(start));
            Line { text: if is_link { text.trim() } else { text }, is_link }
        };
        letter.text.lines().map(line).collect()
    }
}
