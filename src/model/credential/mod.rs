//! What proves a person: passwords, and passkeys.

pub mod choice;
pub mod common;
pub mod passkey;
pub mod store;

use crate::platform::clock::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A password as an import finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedPassword {
    pub person_id: String,
    /// What is stored now.
    pub phc: String,
    /// The digest of the hash that the last import brought.
    pub imported: Option<String>,
}

/// What is remembered of a hash that an import brings: the same hash again changes nothing, although the person has
/// signed in since and it was replaced, or has chosen another password.
pub fn digest(kept: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(kept))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordCredential {
    pub id: String,
    /// A PHC string, or a hash that came with an import (`platform::password::import`).
    pub phc: String,
    pub version: i64,
    /// When it was set or changed; hashing it again changes nothing.
    pub set_at: Time,
}
