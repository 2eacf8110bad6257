//! A key set of somebody else, read once for both of its uses.

use super::jwe::EncryptionKeys;
use super::jwk::InvalidKey;
use super::verification_keys::{VerificationKeys, members, parse_set};
use serde_json::{Map, Value};

/// The keys of a client: to verify what it signed, and to encrypt what only it shall read.
#[derive(Debug, Default)]
pub struct ClientKeySet {
    /// What it signs with.
    pub verification: VerificationKeys,
    /// What it decrypts with.
    pub encryption: EncryptionKeys,
}

impl ClientKeySet {
    /// Reads a JWK Set document (RFC 7517 §5): at most 64 KiB and 20 keys. A private, symmetric, weak or malformed key
    /// refuses the whole set; keys of types or uses that we don't know are passed over.
    ///
    /// # Errors
    /// See [`InvalidKey`].
    pub fn parse(document: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_set(&parse_set(document)?)
    }

    /// The same for a set that was parsed already, as client metadata carry it in `jwks`.
    ///
    /// # Errors
    /// See [`InvalidKey`].
    pub fn from_set(set: &Map<String, Value>) -> Result<Self, InvalidKey> {
        let keys = members(set)?;
        Ok(Self {
            verification: VerificationKeys::from_jwks(keys.iter().copied())?,
            encryption: EncryptionKeys::from_jwks(keys)?,
        })
    }

    /// Whether it is good for nothing.
    pub const fn is_empty(&self) -> bool {
        self.verification.is_empty() && self.encryption.is_empty()
    }
}
