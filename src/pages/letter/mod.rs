//! Emails to people: their subjects, and their text in each language. An email is queued sealed in the outbox and
//! is put into words when it leaves.

mod change;
pub mod preview;
mod view;

pub use change::{Change, Way};
pub use view::render;

use crate::platform::clock::Time;
use serde::{Deserialize, Serialize};

/// An email to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    /// What the person is called, if that is known.
    pub name: Option<String>,
    /// The languages that the person reads, best first, as `ui_locales` has them.
    pub locales: Option<String>,
    /// What it is about.
    pub about: About,
}

/// The subject of an email, with its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// A new password was requested for this account.
    Recovery {
        /// For the browser that asked.
        code: String,
        link: String,
    },
    /// The account has a new password.
    PasswordReset {
        /// The way to set another one.
        link: String,
    },
    /// An account with this address was requested.
    SignUp {
        /// For the browser that asked.
        code: String,
        link: String,
    },
    /// This address was added to an account.
    Address {
        /// For the account that asked.
        code: String,
        /// For a browser that is signed in there.
        link: String,
    },
    /// A sign-in without a password was requested.
    SignIn {
        /// For the browser that asked.
        code: String,
        /// For the same browser.
        link: String,
    },
    /// An account with this address was requested, but it already has one.
    AlreadyRegistered {
        /// Where to sign in.
        link: String,
    },
    /// An operator offers an account.
    Invitation {
        /// Where to take it.
        link: String,
    },
    /// A browser that was not seen before signed in.
    NewDevice {
        /// The browser, as it names itself.
        device: String,
        /// Its network, without the part that identifies a machine.
        network: String,
        /// The page to open when it was somebody else.
        link: String,
    },
    /// Something that lets a person in, or reaches them, is another than before.
    Changed {
        what: Change,
        at: Time,
        /// The person's time zone, as the claim `zoneinfo` has it.
        zone: Option<String>,
        /// The browser, as it names itself; none where an operator did it.
        device: Option<String>,
        /// Its network, without the part that identifies a machine.
        network: Option<String>,
        /// The page to open when it was somebody else.
        link: String,
        /// What the link does.
        way: Way,
    },
}
