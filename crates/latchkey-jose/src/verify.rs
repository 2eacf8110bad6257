//! From a text to claims that a known key vouches for. Whether the claims fit is asked next, of [`super::ClaimRules`].

use super::algorithm::Algorithm;
use super::claims::Claims;
use super::compact::{self, Header, Malformed, Parts};
use super::typ::Typ;
use super::verification_keys::VerificationKeys;

/// What a token of one use must look like. Fixed by the caller for that use, never taken from the token.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The algorithms that are allowed (RFC 8725 §3.1).
    pub algorithms: &'a [Algorithm],
    /// The kind of token (RFC 8725 §3.11).
    pub typ: Typ<'a>,
    /// The keys of the party that is to have signed.
    pub keys: &'a VerificationKeys,
}

/// A token whose signature is proven.
#[derive(Debug, Clone)]
pub struct Verified {
    pub header: Header,
    /// Its claims, not judged yet.
    pub claims: Claims,
}

/// Why a token is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It can't be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Its `alg` is not allowed here; `none` and HMAC never are.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// It is a token of another kind.
    #[error("the token's typ is not the expected one")]
    Typ,
    /// No key fits its `alg` and `kid`: the time to fetch the keys again.
    #[error("no key matches the token's alg and kid")]
    NoKey,
    /// The signature is wrong.
    #[error("the token's signature does not verify")]
    Signature,
}

/// Reads and verifies a compact JWS.
pub fn verify(token: &str, rules: &Rules<'_>) -> Result<Verified, VerifyError> {
    verify_parts(compact::parse(token)?, rules)
}

/// The same for a token that was parsed already, because its keys had to be found first.
pub fn verify_parts(parts: Parts<'_>, rules: &Rules<'_>) -> Result<Verified, VerifyError> {
    let allowed = rules.algorithms.iter().find(|algorithm| algorithm.as_str() == parts.header.alg());
    let algorithm = *allowed.ok_or(VerifyError::Algorithm)?;
    if !rules.typ.allows(parts.header.typ()) {
        return Err(VerifyError::Typ);
    }
    prove(&parts, algorithm, rules.keys)?;
    // Read only now, so that nobody without a key makes us build it.
    Ok(Verified { claims: Claims::parse(&parts.payload)?, header: parts.header })
}

fn prove(parts: &Parts<'_>, algorithm: Algorithm, keys: &VerificationKeys) -> Result<(), VerifyError> {
    let mut candidates = keys.candidates(algorithm, parts.header.kid()).peekable();
    if candidates.peek().is_none() {
        return Err(VerifyError::NoKey);
    }
    let input = parts.signing_input.as_bytes();
    let proven = candidates.any(|key| key.verify(input, &parts.signature));
    if proven { Ok(()) } else { Err(VerifyError::Signature) }
}
