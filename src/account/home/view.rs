//! The page.

use crate::account::device::Device;
use crate::account::view::Console;
use crate::platform::clock::Time;
use crate::platform::http::page::Page;
use askama::Template;

/// `/account`
#[derive(Debug, Template)]
#[template(path = "account/home.html")]
pub struct Home<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// The console.
    pub console: Console<'a>,
    /// What the greeting says.
    pub name: &'a str,
    /// The latest, newest first.
    pub sign_ins: Vec<SignIn>,
}

/// Somebody signed in.
#[derive(Debug)]
pub struct SignIn {
    /// With what.
    pub device: Device,
    /// From where: an address prefix.
    pub network: String,
    /// When.
    pub at: Time,
    /// In the session at hand.
    pub is_here: bool,
}
