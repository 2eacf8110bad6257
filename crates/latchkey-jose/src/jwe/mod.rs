//! JSON Web Encryption (RFC 7516), compact form only.
//!
//! josekit wraps and agrees on keys; everything around it is ours. Its context is never used: it inflates without bound.
//! Its content ciphers are not either: they decrypt CBC before the tag is compared, and take a GCM tag of any length.
//! Its unwrapping panics on a wrapped key of fewer than 8 bytes, so lengths are judged before it is called.
//!
//! `RSA1_5`, PBES2, `zip` and `crit` can't be expressed. What is allowed is fixed by the caller, never by the token.

mod algorithm;
mod content;
mod decrypt;
mod decryption_key;
mod encrypt;
mod recipient;

#[cfg(test)]
mod tests;

pub use algorithm::{ContentEncryption, KeyFamily, KeyManagement};
pub use decrypt::{DecryptError, Decrypted, DecryptionRules, decrypt, is_encrypted};
pub use decryption_key::{DecryptionKey, DecryptionKeys};
pub use encrypt::{EncryptError, Envelope, encrypt};
pub use recipient::{EncryptionKeys, RecipientKey};
