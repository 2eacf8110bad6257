//! Emails to people, and work after a response: both wait sealed in the outbox.

use super::Op;
use super::feature::{Features, Sender};
use crate::model::credential::choice::Weakness;
use crate::model::one_time::{self, Asked, NewOneTime, Secrets};
use crate::pages::letter::{self, Letter};
use crate::platform::config::{Config, FeatureName, Rate, SignupMode};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::i18n::Texts;
use crate::platform::mail::{MAIL, Mailer};
use crate::platform::outbox::{self, Delivery, Message, NewMessage};
use crate::platform::throttle::{self, Throttled, Who};
use diesel::QueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::net::IpAddr;

/// Emails to people, whichever feature writes them.
pub const SENDER: Sender =
    Sender { kind: MAIL, is_mail: true, send: |op, _, message| Box::pin(op.send_letter(message)) };

/// All strangers to an account together get this multiple of `throttle.mail_account`.
const STRANGERS: u32 = 10;

/// Who requests an email to an account. Each has a separate limit, so that a stranger cannot use up the owner's.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// A browser in which the account's person has signed in, by its id.
    OwnBrowser(&'a str),
    /// Somebody else who is signed in, by their id.
    Person(&'a str),
    /// Anybody else, by network.
    Network {
        /// The network of the request.
        address: IpAddr,
        /// Whether the account's person has signed in from there.
        is_known: bool,
    },
}

impl Asker<'_> {
    const fn is_known(self) -> bool {
        matches!(self, Self::OwnBrowser(_) | Self::Network { is_known: true, .. })
    }
}

impl fmt::Display for Asker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnBrowser(id) => write!(f, "browser\0{id}"),
            Self::Person(id) => write!(f, "person\0{id}"),
            Self::Network { address, .. } => write!(f, "network\0{}", throttle::network(*address)),
        }
    }
}

/// A sealed message, to be written in the transaction of the change.
#[derive(Clone, Debug)]
pub struct Envelope {
    id: String,
    message: NewMessage,
}

impl Envelope {
    /// Seals what a sender of this kind needs.
    pub fn seal(mailer: &Mailer, id: String, kind: &'static str, content: &impl Serialize) -> Self {
        let payload = mailer.seal(&id, &serde_json::json!(content).to_string());
        Self { id, message: NewMessage { kind, client_id: None, payload } }
    }

    /// Writes it into the outbox.
    ///
    /// # Errors
    /// Any failure of the database.
    pub fn post(&self, tx: &mut Connection, now: crate::platform::clock::Time) -> QueryResult<()> {
        outbox::store::insert(tx, &self.id, &self.message, now)
    }
}

/// Whether anyone may create an account.
pub fn takes_sign_ups(features: &Features, config: &Config) -> bool {
    features.has(FeatureName::Signup) && config.signup == SignupMode::Open
}

impl Op {
    /// Whether anyone may create an account.
    pub fn takes_sign_ups(&self) -> bool {
        takes_sign_ups(&self.features, &self.config)
    }

    pub fn letter(&self, letter: &Letter) -> Envelope {
        self.sealed(MAIL, letter)
    }

    /// Seals what a sender of this kind needs.
    pub fn sealed(&self, kind: &'static str, content: &impl Serialize) -> Envelope {
        Envelope::seal(&self.mailer, self.new_id(), kind, content)
    }

    /// Opens a sealed message; `None` when it cannot be read.
    pub fn unsealed<T: DeserializeOwned>(&self, message: &Message) -> Option<T> {
        serde_json::from_str(&self.mailer.open(&message.id, &message.payload)?).ok()
    }

    /// Renders an email and hands it to the mail server.
    pub async fn send_letter(&self, message: Message) -> Delivery {
        let Some(letter) = self.unsealed::<Letter>(&message) else { return unreadable() };
        match letter::render(&message.id, &letter, &self.looks, &self.config.default_locale) {
            Ok(post) => self.mailer.send(&post).await,
            Err(error) => Delivery::Failed(error.to_string()),
        }
    }

    /// Counts an email requested from the IP address `address`; refused beyond `throttle.mail_address`, for any recipient.
    ///
    /// # Errors
    /// How long to wait, or that the store does not answer.
    pub async fn admit_letter_from(&self, address: IpAddr) -> Result<(), Throttled> {
        self.admit_letter("mail_address", Who::Address(address), self.config.throttle.mail_address).await
    }

    /// Counts an email requested by an account's known browser, where the limit of its IP address is used up.
    ///
    /// # Errors
    /// As [`Op::admit_letter_from`].
    pub async fn admit_letter_in(&self, browser: &str) -> Result<(), Throttled> {
        self.admit_letter("mail_browser", Who::Named(browser), self.config.throttle.mail_account).await
    }

    /// Counts an email to one account; false beyond the requester's `throttle.mail_account`. All whom the account
    /// does not know together have [`STRANGERS`] times as much, so that no mailbox is flooded.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn admits_letter_to(&self, account: &str, asker: Asker<'_>) -> Result<bool, Unavailable> {
        let Some(limit) = self.config.throttle.mail_account else { return Ok(true) };
        let own = format!("{asker}\0{account}");
        if !admitted(self.admit_letter("mail_account", Who::Named(&own), Some(limit)).await)? {
            return Ok(false);
        }
        let all = Rate { count: limit.count.saturating_mul(STRANGERS), ..limit };
        if asker.is_known() {
            return Ok(true);
        }
        admitted(self.admit_letter("mail_strangers", Who::Named(account), Some(all)).await)
    }

    async fn admit_letter(&self, what: &str, who: Who<'_>, limit: Option<Rate>) -> Result<(), Throttled> {
        match limit {
            Some(rate) => self.throttle.allow(what, who, rate.count, rate.per).await,
            None => Ok(()),
        }
    }

    /// Makes a code and a link.
    pub fn one_time(&self, asked: &Asked<'_>) -> (NewOneTime, Secrets) {
        one_time::new(asked, &self.pepper, self.random.as_ref(), self.now())
    }
}

fn admitted(counted: Result<(), Throttled>) -> Result<bool, Unavailable> {
    match counted {
        Ok(()) => Ok(true),
        Err(Throttled::RetryAfter(_)) => Ok(false),
        Err(Throttled::Unavailable(unavailable)) => Err(unavailable),
    }
}

/// Damaged, or sealed under a lost master key: retrying is useless.
pub fn unreadable() -> Delivery {
    Delivery::Refused("the message cannot be decrypted".to_owned())
}

/// Why a new password is refused, as pages say it.
pub fn weakness_text(texts: &Texts, weakness: Weakness) -> String {
    match weakness {
        Weakness::Missing => texts.get("password-missing"),
        Weakness::TooShort { minimum } => texts.with("password-too-short", "minimum", u64::from(minimum)),
        Weakness::TooLong => texts.get("password-too-long"),
        Weakness::Untypable => texts.get("password-untypable"),
        Weakness::Personal => texts.get("password-personal"),
        Weakness::Simple => texts.get("password-simple"),
        Weakness::Common => texts.get("password-common"),
        Weakness::Guessable => texts.get("password-guessable"),
    }
}
