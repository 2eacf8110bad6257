//! JSON Web Signatures (RFC 7515), encryption ([`jwe`], RFC 7516), keys (RFC 7517, 7518) and the claims of tokens (RFC 7519).
//!
//! josekit signs and verifies bytes (ring those of ES256 and EdDSA: `curve`); everything around it is ours: reading the compact form, choosing algorithm and
//! key, and judging claims. josekit's own claim validation and time getters are never called: they take absent claims
//! as fulfilled and panic on far-off times.
//!
//! A token is read in one line, `verify(token, &Rules { .. })?`, then its claims are judged by [`ClaimRules`]. JSON
//! serialization and `none` can't be expressed; an HMAC has types of its own ([`MacKey`], [`verify_mac`]).

mod algorithm;
mod claims;
mod client_key_set;
mod compact;
mod curve;
mod json;
pub mod jwe;
mod jwk;
mod key_pair;
mod mac;
pub mod random;
pub mod secret;
mod signer;
pub mod time;
mod typ;
mod verification_keys;
mod verify;

#[cfg(test)]
mod tests;

pub use algorithm::Algorithm;
pub use claims::{ClaimError, ClaimRule, ClaimRules, Claims, LATEST_TIME, TOLERANCE};
pub use client_key_set::ClientKeySet;
pub use compact::{Header, Malformed, Parts, parse};
pub use json::{DEEPEST, JsonError, parse_object};
pub use jwk::{InvalidKey, public_key, thumbprint};
pub use key_pair::{KeyError, KeyPair};
pub use mac::{MacKey, MacRules, ShortSecret, SymmetricAlgorithm, verify_mac};
pub use signer::{Signer, SigningError, SoftwareSigner};
pub use typ::Typ;
pub use verification_keys::VerificationKeys;
pub use verify::{Rules, Verified, VerifyError, verify, verify_parts};
