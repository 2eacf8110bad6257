//! Keys that sign, one algorithm each, and keys that others encrypt to: `pending → active → retiring → retired`.
//! Published ahead, sealed at rest.

mod algorithm;
pub mod first;
mod ring;
mod rotation;
pub mod sightings;
pub mod store;

pub use algorithm::KeyAlgorithm;
pub use ring::{KeyRing, Keys, RetiredKey};
pub use rotation::{Plan, Rotation, create};

use crate::platform::clock::Time;
use crate::platform::crypto::Sealed;
use serde_json::{Map, Value};

/// The state of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not signing yet; a key to encrypt to works from here on.
    Pending,
    /// Signing, or the one to encrypt to.
    Active,
    /// Verifying what it signed until the last token ended, or decrypting what was sent to it; the latter is no longer
    /// published.
    Retiring,
    /// Kept for the record, not published.
    Retired,
    /// Leaked, or feared to be: not published, and nothing that it signed verifies.
    Revoked,
}

impl KeyState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the stored word; an unknown one is out of use.
    pub fn from_stored(word: &str) -> Self {
        match word {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "retiring" => Self::Retiring,
            "revoked" => Self::Revoked,
            _ => Self::Retired,
        }
    }
}

/// A key as it is stored, of either use.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// What it is for.
    pub algorithm: KeyAlgorithm,
    pub state: KeyState,
    /// As the JWKS shows it.
    pub public_jwk: Map<String, Value>,
    /// PKCS #8, sealed under a master key.
    pub sealed_private: Sealed,
    /// When it was made.
    pub created_at: Time,
    /// When it may begin to sign, or be the one to encrypt to.
    pub activate_at: Time,
    /// When the last token that needs it has ended; of a revoked one, when that was.
    pub retire_at: Option<Time>,
}

impl SigningKey {
    /// Whether the JWKS shows it: a key to encrypt to goes from there when its successor takes over, so that nobody
    /// picks it again.
    pub fn is_published(&self) -> bool {
        match self.state {
            KeyState::Pending | KeyState::Active => true,
            KeyState::Retiring => self.algorithm.signature().is_some(),
            KeyState::Retired | KeyState::Revoked => false,
        }
    }

    /// Whether it still verifies or decrypts.
    pub const fn is_in_use(&self) -> bool {
        matches!(self.state, KeyState::Pending | KeyState::Active | KeyState::Retiring)
    }
}

/// What a sealed private key is bound to, so that rows cannot be swapped.
pub fn aad(kid: &str, algorithm: KeyAlgorithm) -> String {
    format!("latchkey|signing_keys|{kid}|{}", algorithm.as_str())
}
