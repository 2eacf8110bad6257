//! HMAC over a secret that a client and this provider share (RFC 7518 §3.2). Types of their own: no public key becomes
//! a [`MacKey`], and no value of [`super::Algorithm`] names an HMAC (RFC 8725 §2.1).

use super::claims::Claims;
use super::compact;
use super::typ::Typ;
use super::verify::{Verified, VerifyError};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

/// 256 bits (OpenID Connect Core §16.19).
const SHORTEST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymmetricAlgorithm {
    /// With SHA-256.
    HS256,
    /// With SHA-384.
    HS384,
    /// With SHA-512.
    HS512,
}

impl SymmetricAlgorithm {
    /// All of them, the usual first.
    pub const ALL: [Self; 3] = [Self::HS256, Self::HS384, Self::HS512];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    /// Reads an `alg` value, in its exact spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The shortest key in bytes: as long as the hash (RFC 7518 §3.2).
    pub const fn shortest_key(self) -> usize {
        match self {
            Self::HS256 => 32,
            Self::HS384 => 48,
            Self::HS512 => 64,
        }
    }
}

/// The secret is shorter than 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret has fewer than 256 bits")]
pub struct ShortSecret;

/// A secret of at least 256 bits, as a key.
#[derive(Debug, Clone)]
pub struct MacKey(Secret<Vec<u8>>);

impl MacKey {
    /// The octets of a client secret (OpenID Connect Core §10.1: its UTF-8 text as it is).
    ///
    /// # Errors
    /// When it is too short.
    pub fn new(secret: &[u8]) -> Result<Self, ShortSecret> {
        if secret.len() < SHORTEST { Err(ShortSecret) } else { Ok(Self(Secret::new(secret.to_vec()))) }
    }

    /// A compact JWS over `claims`, which must be the JSON of an object; `None` when the key is too short for the
    /// algorithm.
    pub fn sign(&self, algorithm: SymmetricAlgorithm, typ: &str, claims: &[u8]) -> Option<String> {
        let header = serde_json::json!({ "alg": algorithm.as_str(), "typ": typ }).to_string();
        let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let tag = self.tag(algorithm, token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        Some(token)
    }

    fn tag(&self, algorithm: SymmetricAlgorithm, input: &[u8]) -> Option<Vec<u8>> {
        let key = self.fitting(algorithm)?;
        match algorithm {
            SymmetricAlgorithm::HS256 => tag::<Hmac<Sha256>>(key, input),
            SymmetricAlgorithm::HS384 => tag::<Hmac<Sha384>>(key, input),
            SymmetricAlgorithm::HS512 => tag::<Hmac<Sha512>>(key, input),
        }
    }

    /// Compares in constant time.
    fn proves(&self, algorithm: SymmetricAlgorithm, input: &[u8], signature: &[u8]) -> bool {
        let Some(key) = self.fitting(algorithm) else { return false };
        match algorithm {
            SymmetricAlgorithm::HS256 => proves::<Hmac<Sha256>>(key, input, signature),
            SymmetricAlgorithm::HS384 => proves::<Hmac<Sha384>>(key, input, signature),
            SymmetricAlgorithm::HS512 => proves::<Hmac<Sha512>>(key, input, signature),
        }
    }

    fn fitting(&self, algorithm: SymmetricAlgorithm) -> Option<&[u8]> {
        Some(self.0.expose().as_slice()).filter(|key| key.len() >= algorithm.shortest_key())
    }
}

fn tag<M: Mac + KeyInit>(key: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    let mac = <M as KeyInit>::new_from_slice(key).ok()?;
    Some(mac.chain_update(input).finalize().into_bytes().to_vec())
}

fn proves<M: Mac + KeyInit>(key: &[u8], input: &[u8], signature: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(input).verify_slice(signature).is_ok())
}

/// What a token with an HMAC must look like. Fixed by the caller for its use, never taken from the token.
#[derive(Debug, Clone, Copy)]
pub struct MacRules<'a> {
    /// The algorithms that are allowed.
    pub algorithms: &'a [SymmetricAlgorithm],
    /// The kind of token.
    pub typ: Typ<'a>,
    /// The live secrets of the one party that may have made it; two while one replaces the other.
    pub keys: &'a [MacKey],
}

/// Reads and verifies a compact JWS with an HMAC.
///
/// # Errors
/// Those of [`super::verify`].
pub fn verify_mac(token: &str, rules: &MacRules<'_>) -> Result<Verified, VerifyError> {
    let parts = compact::parse(token)?;
    let allowed = rules.algorithms.iter().find(|algorithm| algorithm.as_str() == parts.header.alg());
    let algorithm = *allowed.ok_or(VerifyError::Algorithm)?;
    if !rules.typ.allows(parts.header.typ()) {
        return Err(VerifyError::Typ);
    }
    if !rules.keys.iter().any(|key| key.fitting(algorithm).is_some()) {
        return Err(VerifyError::NoKey);
    }
    let input = parts.signing_input.as_bytes();
    let proven = rules.keys.iter().fold(false, |found, key| found | key.proves(algorithm, input, &parts.signature));
    if !proven {
        return Err(VerifyError::Signature);
    }
    Ok(Verified { claims: Claims::parse(&parts.payload)?, header: parts.header })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 64] = [7; 64];

    fn key() -> MacKey {
        MacKey::new(&SECRET).unwrap()
    }

    fn judged(token: &str, algorithms: &[SymmetricAlgorithm]) -> Result<(), VerifyError> {
        verify_mac(token, &MacRules { algorithms, typ: Typ::Plain, keys: &[key()] }).map(drop)
    }

    #[test]
    fn rfc7515_a_1_the_example_of_the_specification_verifies() {
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let secret = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let keys = [MacKey::new(&secret).unwrap()];
        let rules = MacRules { algorithms: &SymmetricAlgorithm::ALL, typ: Typ::Plain, keys: &keys };
        assert_eq!(verify_mac(token, &rules).unwrap().claims.required_text("iss").unwrap(), "joe");
    }

    #[test]
    fn rfc7518_3_2_what_is_signed_verifies_with_the_same_algorithm_and_secret_alone() {
        for algorithm in SymmetricAlgorithm::ALL {
            let token = key().sign(algorithm, "JWT", b"{}").unwrap();
            assert_eq!(judged(&token, &[algorithm]), Ok(()));
            let others: Vec<_> = SymmetricAlgorithm::ALL.into_iter().filter(|other| *other != algorithm).collect();
            assert_eq!(judged(&token, &others), Err(VerifyError::Algorithm));
            let stranger = MacKey::new(&[8; 64]).unwrap().sign(algorithm, "JWT", b"{}").unwrap();
            assert_eq!(judged(&stranger, &[algorithm]), Err(VerifyError::Signature));
            assert!(judged(&token[..token.len() - 4], &[algorithm]).is_err());
        }
    }

    #[test]
    fn either_of_two_live_secrets_verifies() {
        let keys = [MacKey::new(&[1; 32]).unwrap(), MacKey::new(&[2; 32]).unwrap()];
        let rules = MacRules { algorithms: &[SymmetricAlgorithm::HS256], typ: Typ::Plain, keys: &keys };
        for key in &keys {
            assert!(verify_mac(&key.sign(SymmetricAlgorithm::HS256, "JWT", b"{}").unwrap(), &rules).is_ok());
        }
    }

    #[test]
    fn cli_19_a_secret_below_256_bits_is_no_key_and_one_below_the_hash_not_for_it() {
        assert!(MacKey::new(&[7; 31]).is_err());
        let shorter = MacKey::new(&[7; 32]).unwrap();
        assert!(shorter.sign(SymmetricAlgorithm::HS512, "JWT", b"{}").is_none());
        let rules = MacRules { algorithms: &SymmetricAlgorithm::ALL, typ: Typ::Plain, keys: &[shorter] };
        let token = key().sign(SymmetricAlgorithm::HS512, "JWT", b"{}").unwrap();
        assert_eq!(verify_mac(&token, &rules).unwrap_err(), VerifyError::NoKey);
    }

    #[test]
    fn jwt_03_an_unsigned_token_and_another_kind_are_refused() {
        let unsigned = format!("{}.e30.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        assert_eq!(judged(&unsigned, &SymmetricAlgorithm::ALL), Err(VerifyError::Algorithm));
        let other = key().sign(SymmetricAlgorithm::HS256, "at+jwt", b"{}").unwrap();
        assert_eq!(judged(&other, &SymmetricAlgorithm::ALL), Err(VerifyError::Typ));
    }
}
