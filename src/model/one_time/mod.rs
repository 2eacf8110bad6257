//! Codes and links that prove an address, each for one use. One email has both: the code for the browser
//! of the request, the link for any other. Anyone may request one for somebody else, so a newer one does not end older ones: they
//! wait side by side, and using any of them ends all that the same person has for the same purpose.
//!
//! What happens to an account later decides which of them still count: [`Purpose::survives`] is the one table.

pub mod store;

use crate::platform::clock::Time;
use crate::platform::crypto::{Pepper, TokenHash};
use crate::platform::random::{self, Random};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A code is tried so often at most.
pub const MOST_TRIES: i64 = 5;
/// Wrong codes for one account and one purpose in an hour, from all browsers together that the account does not know.
/// Beyond it their codes are refused, and the links still work.
pub const MOST_STRANGE_TRIES: i64 = 30;
/// The lifetime of a code (ASVS 6.5.5),
pub const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// and a link for so long (ASVS 6.4.3).
pub const LINK_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// A change of addresses can be taken back so long.
pub const UNDO_LIFETIME: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// The lifetime of an invitation: people may be travelling.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What using one allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Recovery,
    /// An account for whoever has the address.
    SignUp,
    /// An account that an operator offered.
    Invitation,
    Address,
    /// The way back to an address that was taken away.
    Undo,
    SignIn,
}

impl Purpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::SignUp => "sign_up",
            Self::Invitation => "invitation",
            Self::Address => "address",
            Self::Undo => "undo",
            Self::SignIn => "sign_in",
        }
    }

    /// The kind of its hashes: a link of one purpose never passes as another's.
    const fn link_kind(self) -> &'static str {
        match self {
            Self::Recovery => "one_time_recovery",
            Self::SignUp => "one_time_sign_up",
            Self::Invitation => "one_time_invitation",
            Self::Address => "one_time_address",
            Self::Undo => "one_time_undo",
            Self::SignIn => "one_time_sign_in",
        }
    }
}

/// What happens to an account while codes and links of it wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The person locked others out, or changed where they are reached: every other session ended, or an address came,
    /// went or became the primary one.
    Secured,
    /// Somebody who had lost the account came back: by a reset, a recovery code, or by undoing a change.
    Recovered,
    /// An operator said which address the account has.
    Overruled,
}

impl Purpose {
    /// Purposes whose codes and links belong to an account that exists.
    pub const OF_PERSON: [Self; 4] = [Self::Recovery, Self::SignIn, Self::Address, Self::Undo];

    /// Whether one that waits still counts after `turn` (ASVS 6.4.3).
    ///
    /// An undo outlives a recovery: whoever added an address could else end the owner's undo by resetting the password
    /// through it. Which undo loses to which recovery is a matter of which address was proved first
    /// ([`crate::model::address::undo`]).
    pub const fn survives(self, turn: Turn) -> bool {
        match (self, turn) {
            (Self::Recovery | Self::SignIn, _) | (_, Turn::Overruled) | (Self::Address, Turn::Recovered) => false,
            (Self::Address, Turn::Secured) | (Self::Undo, Turn::Secured | Turn::Recovered) => true,
            // These make accounts: they belong to an address, and nothing happens to it.
            (Self::SignUp | Self::Invitation, Turn::Secured | Turn::Recovered) => true,
        }
    }

    /// What using one ends beside it: whatever leads the same person, or the same address, to the same place.
    const fn ends(self) -> &'static [Self] {
        match self {
            Self::Recovery | Self::SignIn => &[Self::Recovery, Self::SignIn],
            Self::SignUp | Self::Invitation => &[Self::SignUp, Self::Invitation],
            Self::Address => &[Self::Address],
            Self::Undo => &[],
        }
    }

    fn from_stored(word: &str) -> Option<Self> {
        let all = [Self::Recovery, Self::SignUp, Self::Invitation, Self::Address, Self::Undo, Self::SignIn];
        all.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// Where a code is typed: the interaction, or the session, that asked for it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub purpose: Purpose,
    /// Whom it is for: a person's id, or the hash of an address.
    pub subject: &'a str,
    /// Where the code may be typed; none where only a link is wanted.
    pub binding: Option<&'a str>,
    /// The stored data, as JSON.
    pub payload: String,
    /// The lifetime of the link.
    pub lifetime: Duration,
}

/// What is remembered beside one that went to an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Where the email went.
    pub address: String,
    /// The languages of the email, as `ui_locales` has them.
    pub locales: String,
}

/// A new one, for the store.
#[derive(Clone, Debug)]
pub struct NewOneTime {
    id: String,
    purpose: Purpose,
    subject: String,
    link_hash: TokenHash,
    code_hash: Option<TokenHash>,
    binding: Option<String>,
    payload: String,
    created_at: Time,
    code_expires_at: Time,
    expires_at: Time,
    is_known: bool,
}

impl NewOneTime {
    /// One that was asked for in a browser that the person signed in with before: its tries are counted by themselves.
    #[must_use]
    pub const fn asked_in_known_browser(mut self, is_known: bool) -> Self {
        self.is_known = is_known;
        self
    }
}

/// What the email says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    pub code: String,
    /// 256 random bits, for a URL.
    pub link: String,
}

/// One that waits to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTime {
    pub id: String,
    /// Whom it is for.
    pub subject: String,
    /// Where its code may be typed.
    pub binding: Option<String>,
    pub payload: String,
}

impl OneTime {
    /// The id of the person whom it concerns: what is remembered beside it names them, or it is for them. Of one that
    /// makes an account it is nobody's.
    fn person(&self) -> String {
        #[derive(Deserialize)]
        struct Named {
            person_id: String,
        }
        serde_json::from_str::<Named>(&self.payload).map_or_else(|_| self.subject.clone(), |named| named.person_id)
    }
}

/// The result of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is the one; it is still to be spent.
    Right(OneTime),
    /// It is not; others may be tried.
    Wrong,
    /// There is none that could be right: expired, used, or tried too often.
    Over,
}

pub fn new(asked: &Asked<'_>, pepper: &Pepper, random: &dyn Random, now: Time) -> (NewOneTime, Secrets) {
    let number = u64::from_be_bytes(random::bytes::<8>(random)) % 100_000_000;
    let secrets = Secrets { code: format!("{number:08}"), link: random::token(random) };
    let one = NewOneTime {
        id: crate::platform::id::new(now, random),
        purpose: asked.purpose,
        subject: asked.subject.to_owned(),
        link_hash: link_hash(pepper, asked.purpose, &secrets.link),
        code_hash: asked.binding.map(|binding| code_hash(pepper, asked.purpose, binding, &secrets.code)),
        binding: asked.binding.map(str::to_owned),
        payload: asked.payload.clone(),
        created_at: now,
        code_expires_at: now + CODE_LIFETIME,
        expires_at: now + asked.lifetime,
        is_known: false,
    };
    (one, secrets)
}

/// The stored form of a link's secret.
pub fn link_hash(pepper: &Pepper, purpose: Purpose, link: &str) -> TokenHash {
    pepper.hash(purpose.link_kind(), link.as_bytes())
}

/// The digits of a code, however they are grouped and of whatever script. Empty for what is no code at all.
pub fn digits(typed: &str) -> String {
    crate::platform::typed::digits(typed, 16)
}

/// The stored form of a code, good at one place; however the digits are grouped.
pub fn code_hash(pepper: &Pepper, purpose: Purpose, binding: &str, typed: &str) -> TokenHash {
    let digits = digits(typed);
    pepper.hash("one_time_code", format!("{}\u{1}{binding}\u{1}{digits}", purpose.as_str()).as_bytes())
}
