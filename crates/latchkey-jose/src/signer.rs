//! Signing: the key parsed once, each header written once.

use super::algorithm::{Algorithm, Josekit};
use super::curve::CurveSigner;
use super::key_pair::KeyError;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::JwsSigner;
use std::sync::{Arc, PoisonError, RwLock};

/// A signature could not be made. For the log; holds no key material.
#[derive(Debug, Clone, thiserror::Error)]
#[error("signing failed: {0}")]
pub struct SigningError(String);

/// Signs tokens with one key.
pub trait Signer: Send + Sync {
    /// The algorithm of every signature.
    fn algorithm(&self) -> Algorithm;

    /// The key's id, as the JWKS document has it.
    fn kid(&self) -> &str;

    /// The signature over `input`, in the form of RFC 7518 §3.
    fn sign_bytes(&self, input: &[u8]) -> Result<Vec<u8>, SigningError>;

    /// The encoded header for a `typ`, with a dot behind it.
    fn header(&self, typ: &'static str) -> Arc<str> {
        encode_header(self.algorithm(), self.kid(), typ)
    }

    /// A compact JWS over `claims`, which must be the JSON of an object. `typ` is one of the code's own words.
    fn sign(&self, typ: &'static str, claims: &[u8]) -> Result<String, SigningError> {
        let header = self.header(typ);
        // The signature takes 342 characters at RSA-2048, and fewer on curves.
        let mut token =
            String::with_capacity(header.len().saturating_add(claims.len().saturating_mul(4) / 3).saturating_add(350));
        token.push_str(&header);
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn encode_header(algorithm: Algorithm, kid: &str, typ: &'static str) -> Arc<str> {
    let json = serde_json::json!({ "alg": algorithm.as_str(), "kid": kid, "typ": typ });
    let mut text = URL_SAFE_NO_PAD.encode(json.to_string());
    text.push('.');
    text.into()
}

/// A signer whose key is in memory. No lock is held while it signs.
#[derive(Debug)]
pub struct SoftwareSigner {
    algorithm: Algorithm,
    kid: String,
    key: Key,
    // As many as the code has words for `typ`.
    headers: RwLock<Vec<(&'static str, Arc<str>)>>,
}

#[derive(Debug)]
enum Key {
    Josekit(Box<dyn JwsSigner>),
    Curve(Box<CurveSigner>),
}

impl Key {
    fn read(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        if let Some(signer) = CurveSigner::new(algorithm, der)? {
            return Ok(Self::Curve(Box::new(signer)));
        }
        Ok(Self::Josekit(match algorithm.josekit() {
            Josekit::Rsa(rsa) => Box::new(rsa.signer_from_der(der).map_err(KeyError::new)?),
            Josekit::Pss(pss) => Box::new(pss.signer_from_der(der).map_err(KeyError::new)?),
            Josekit::Ec(ec) => Box::new(ec.signer_from_der(der).map_err(KeyError::new)?),
            Josekit::Ed(ed) => Box::new(ed.signer_from_der(der).map_err(KeyError::new)?),
        }))
    }
}

impl SoftwareSigner {
    pub(super) fn new(algorithm: Algorithm, kid: &str, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyError> {
        let key = Key::read(algorithm, pkcs8.expose())?;
        Ok(Self { algorithm, kid: kid.to_owned(), key, headers: RwLock::default() })
    }

    fn known_header(&self, typ: &'static str) -> Option<Arc<str>> {
        let headers = self.headers.read().unwrap_or_else(PoisonError::into_inner);
        headers.iter().find(|(known, _)| *known == typ).map(|(_, header)| Arc::clone(header))
    }
}

impl Signer for SoftwareSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn kid(&self) -> &str {
        &self.kid
    }

    fn sign_bytes(&self, input: &[u8]) -> Result<Vec<u8>, SigningError> {
        match &self.key {
            Key::Josekit(key) => key.sign(input).map_err(|error| SigningError(error.to_string())),
            Key::Curve(key) => key.sign(input).map_err(|error| SigningError(error.to_string())),
        }
    }

    fn header(&self, typ: &'static str) -> Arc<str> {
        self.known_header(typ).unwrap_or_else(|| {
            let header = encode_header(self.algorithm, &self.kid, typ);
            let mut headers = self.headers.write().unwrap_or_else(PoisonError::into_inner);
            headers.push((typ, Arc::clone(&header)));
            header
        })
    }
}
