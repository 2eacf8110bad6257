//! Proof Key for Code Exchange (RFC 7636), S256 only.

use super::error::{ErrorCode, OAuthError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A well-formed S256 challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`; `None` when neither was sent.
    ///
    /// # Errors
    /// `invalid_request` for another method than S256 (RFC 7636 §4.4.1) or a malformed challenge (§4.2).
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, OAuthError> {
        let refuse = |why: &str| Err(ErrorCode::InvalidRequest.because(why).clause("RFC 7636 §4.4.1"));
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => refuse("code_challenge_method was sent without code_challenge"),
            (Some(_), None) => refuse("code_challenge_method must be S256; it is missing, which means plain"),
            (Some(_), Some(method)) if method != "S256" => refuse("code_challenge_method must be S256"),
            (Some(challenge), Some(_)) if is_unreserved(challenge) => Ok(Some(Self(challenge.to_owned()))),
            (Some(_), Some(_)) => refuse("code_challenge must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~"),
        }
    }

    /// The challenge as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A challenge that a store kept.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The challenge of a verifier (RFC 7636 §4.2).
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
    }
}

/// Judges a verifier against what the authorization request bound the code to, both ways: a challenge demands its
/// verifier, and a verifier without a challenge is a downgrade (RFC 7636 §4.6, RFC 9700 §2.1.1).
///
/// # Errors
/// `invalid_grant` when they do not belong together, `invalid_request` for a malformed verifier.
pub fn verify(challenge: Option<&CodeChallenge>, verifier: Option<&str>) -> Result<(), OAuthError> {
    let grant = |why: &str, clause| Err(ErrorCode::InvalidGrant.because(why).clause(clause));
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => grant("code_verifier was sent for a code without code_challenge", "RFC 9700 §2.1.1"),
        (Some(_), None) => grant("code_verifier is missing", "RFC 7636 §4.6"),
        (Some(_), Some(verifier)) if !is_unreserved(verifier) => Err(ErrorCode::InvalidRequest
            .because("code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~")
            .clause("RFC 7636 §4.1")),
        (Some(challenge), Some(verifier)) => {
            let computed = CodeChallenge::of(verifier);
            if bool::from(computed.0.as_bytes().ct_eq(challenge.0.as_bytes())) {
                Ok(())
            } else {
                grant("code_verifier does not match code_challenge", "RFC 7636 §4.6")
            }
        }
    }
}

/// 43 to 128 characters of the unreserved set (RFC 7636 §4.1).
fn is_unreserved(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc7636_b_the_example_verifies() {
        let challenge = CodeChallenge::parse(Some(CHALLENGE), Some("S256")).unwrap();
        assert!(verify(challenge.as_ref(), Some(VERIFIER)).is_ok());
    }

    #[test]
    fn rfc7636_4_2_only_s256_and_only_well_formed_challenges() {
        let long = "a".repeat(129);
        for (challenge, method) in [
            (Some(CHALLENGE), None),
            (Some(CHALLENGE), Some("plain")),
            (Some("short"), Some("S256")),
            (Some(long.as_str()), Some("S256")),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"), Some("S256")),
            (None, Some("S256")),
        ] {
            let error = CodeChallenge::parse(challenge, method).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequest, "{challenge:?} {method:?}");
        }
    }

    #[test]
    fn rfc7636_4_6_wrong_verifier_is_invalid_grant() {
        let challenge = CodeChallenge::of(VERIFIER);
        let other = "x".repeat(43);
        assert_eq!(verify(Some(&challenge), Some(&other)).unwrap_err().code, ErrorCode::InvalidGrant);
        assert_eq!(verify(Some(&challenge), None).unwrap_err().code, ErrorCode::InvalidGrant);
    }

    #[test]
    fn rfc9700_2_1_1_a_verifier_without_a_challenge_is_refused() {
        assert_eq!(verify(None, Some(VERIFIER)).unwrap_err().code, ErrorCode::InvalidGrant);
        assert!(verify(None, None).is_ok());
    }
}
