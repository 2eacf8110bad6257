//! Our own signing keys: made, stored as PKCS #8, published as JWK.

use super::algorithm::{Algorithm, Josekit};
use super::jwk::{public_key, thumbprint};
use super::signer::SoftwareSigner;
use crate::secret::Secret;
use josekit::jwk::alg::ed::{EdCurve, EdKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use serde_json::{Map, Value};

const RSA_BITS: u32 = 2048;

/// A key could not be made or read. For the log; holds no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signing key can't be used: {0}")]
pub struct KeyError(String);

impl KeyError {
    pub(super) fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// A private key with its public side, for one algorithm only (RFC 8725 §3.1).
#[derive(Debug, Clone)]
pub struct KeyPair {
    algorithm: Algorithm,
    kid: String,
    private: Secret<Vec<u8>>,
    public: Map<String, Value>,
}

impl KeyPair {
    /// A fresh key from OpenSSL's generator: RSA with 2048 bits, or the algorithm's curve. RSA takes some 0.1 s.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let key: Box<dyn josekit::jwk::KeyPair> = match algorithm.josekit() {
            Josekit::Rsa(_) | Josekit::Pss(_) => Box::new(RsaKeyPair::generate(RSA_BITS).map_err(KeyError::new)?),
            Josekit::Ec(ec) => Box::new(ec.generate_key_pair().map_err(KeyError::new)?),
            Josekit::Ed(_) => Box::new(EdKeyPair::generate(EdCurve::Ed25519).map_err(KeyError::new)?),
        };
        Self::describe(algorithm, key.as_ref())
    }

    /// A stored key (PKCS #8, DER), checked to fit its algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, der: &Secret<Vec<u8>>) -> Result<Self, KeyError> {
        let der = der.expose();
        let key: Box<dyn josekit::jwk::KeyPair> = match algorithm.josekit() {
            Josekit::Rsa(_) | Josekit::Pss(_) => Box::new(RsaKeyPair::from_der(der).map_err(KeyError::new)?),
            Josekit::Ec(ec) => Box::new(ec.key_pair_from_der(der).map_err(KeyError::new)?),
            Josekit::Ed(_) => Box::new(EdKeyPair::from_der(der).map_err(KeyError::new)?),
        };
        Self::describe(algorithm, key.as_ref())
    }

    fn describe(algorithm: Algorithm, key: &dyn josekit::jwk::KeyPair) -> Result<Self, KeyError> {
        let jwk: Map<String, Value> = key.to_jwk_public_key().into();
        let mut public = public_key(&jwk).map_err(KeyError::new)?;
        let kid = thumbprint(&public).ok_or_else(|| KeyError::new("no thumbprint"))?;
        for (name, value) in [("use", "sig"), ("alg", algorithm.as_str()), ("kid", &kid)] {
            public.insert(name.to_owned(), value.into());
        }
        Ok(Self { algorithm, kid, private: Secret::new(key.to_der_private_key()), public })
    }

    /// The one algorithm that this key signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's id: its RFC 7638 thumbprint, so that no two keys share one.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The private key (PKCS #8, DER), to be sealed and stored.
    pub const fn private_pkcs8(&self) -> &Secret<Vec<u8>> {
        &self.private
    }

    /// The public key for the JWKS document, with `kid`, `use` and `alg`.
    pub const fn public_jwk(&self) -> &Map<String, Value> {
        &self.public
    }

    /// A signer, prepared once; keep it.
    pub fn signer(&self) -> Result<SoftwareSigner, KeyError> {
        SoftwareSigner::new(self.algorithm, &self.kid, &self.private)
    }
}
