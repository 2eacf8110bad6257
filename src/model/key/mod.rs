//! Signing keys: `pending → active → retiring → retired`. Published ahead, one algorithm a key, sealed at rest.

pub mod first;
mod ring;
mod rotation;
pub mod store;

pub use ring::{KeyRing, Keys};
pub use rotation::{Plan, Rotation, create};

use crate::platform::clock::Time;
use crate::platform::crypto::Sealed;
use crate::platform::jose::Algorithm;
use serde_json::{Map, Value};

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not signing yet.
    Pending,
    /// Signing.
    Active,
    /// Verifying what it signed until the last token ended.
    Retiring,
    /// Kept for the record, not published.
    Retired,
}

impl KeyState {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }

    /// Reads the stored word; an unknown one is out of use.
    pub fn from_stored(word: &str) -> Self {
        match word {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "retiring" => Self::Retiring,
            _ => Self::Retired,
        }
    }
}

/// A key as it is stored.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The one algorithm that it signs with.
    pub algorithm: Algorithm,
    /// Where it stands.
    pub state: KeyState,
    /// As the JWKS shows it.
    pub public_jwk: Map<String, Value>,
    /// PKCS #8, sealed under a master key.
    pub sealed_private: Sealed,
    /// When it was made.
    pub created_at: Time,
    /// When it may begin to sign.
    pub activate_at: Time,
    /// When the last token it signed has ended.
    pub retire_at: Option<Time>,
}

/// What a sealed private key is bound to, so that rows cannot be swapped.
pub fn aad(kid: &str, algorithm: Algorithm) -> String {
    format!("latchkey|signing_keys|{kid}|{}", algorithm.as_str())
}
