//! E-mail addresses of a person, several of them. One is the primary: the claims `email` and `email_verified` are of
//! it. A proved address is a name to sign in with, and one person's only; an unproved one is neither.

pub mod store;
pub mod undo;

use crate::platform::clock::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The maximum number of addresses of a person.
pub const MOST: usize = 10;

/// An address of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it is compared.
    pub folded: String,
    /// As it was typed.
    pub value: String,
    /// When it was proved, or an operator said that it is theirs.
    pub verified_at: Option<Time>,
    /// When it was added.
    pub created_at: Time,
    /// Whether the claims are of it.
    pub is_primary: bool,
}

impl Address {
    /// Names it in a URL, without saying it.
    pub fn id(&self) -> String {
        id_of(&self.folded)
    }

    /// Whether it was proved.
    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

/// What names an address in a URL.
pub fn id_of(folded: &str) -> String {
    let hash = Sha256::digest(folded);
    URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default())
}

/// The result of proving an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// It is the person's.
    Theirs,
    /// Somebody else proved it before.
    Taken,
    /// The person no longer has it.
    Gone,
}
