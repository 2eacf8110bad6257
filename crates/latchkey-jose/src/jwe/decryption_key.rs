//! What we decrypt with: our own key pairs, or the secret that a client shares with us.

use super::super::jwk::{self, Kind, public_key, thumbprint};
use super::super::key_pair::KeyError;
use super::algorithm::{Josekit, KeyFamily, KeyManagement};
use crate::secret::Secret;
use josekit::jwe::JweDecrypter;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use openssl::pkey::PKey;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha512};
use std::sync::{Arc, OnceLock};

const RSA_BITS: u32 = 2048;

/// A private key with its public side, for encryption to us. It serves its whole family: RSA-OAEP with either hash, or
/// ECDH-ES with each wrapping; it never signs.
#[derive(Debug)]
pub struct DecryptionKey {
    family: KeyFamily,
    kid: String,
    private: Secret<Vec<u8>>,
    public: Map<String, Value>,
    pub(super) kind: Kind,
    decrypters: Vec<(KeyManagement, Prepared)>,
}

type Prepared = OnceLock<Option<Box<dyn JweDecrypter>>>;

impl DecryptionKey {
    /// A fresh key from OpenSSL's generator: RSA with 2048 bits, or P-256. RSA takes some 0.1 s.
    pub fn generate(family: KeyFamily) -> Result<Self, KeyError> {
        match family {
            KeyFamily::Rsa => Self::describe(family, &RsaKeyPair::generate(RSA_BITS).map_err(KeyError::new)?),
            KeyFamily::Ec => Self::describe(family, &EcKeyPair::generate(EcCurve::P256).map_err(KeyError::new)?),
        }
    }

    /// A stored key (PKCS #8, DER), checked to fit its family.
    pub fn from_pkcs8(family: KeyFamily, der: &Secret<Vec<u8>>) -> Result<Self, KeyError> {
        let der = pkcs8(der.expose())?;
        match family {
            KeyFamily::Rsa => Self::describe(family, &RsaKeyPair::from_der(der.expose()).map_err(KeyError::new)?),
            KeyFamily::Ec => Self::describe(family, &EcKeyPair::from_der(der.expose(), None).map_err(KeyError::new)?),
        }
    }

    fn describe(family: KeyFamily, key: &dyn josekit::jwk::KeyPair) -> Result<Self, KeyError> {
        let jwk: Map<String, Value> = key.to_jwk_public_key().into();
        let mut public = public_key(&jwk).map_err(KeyError::new)?;
        let kind = jwk::judge(&public).map_err(KeyError::new)?;
        let kid = thumbprint(&public).ok_or_else(|| KeyError::new("no thumbprint"))?;
        // No `alg`: it would turn away clients that were registered with another one of the family.
        for (name, value) in [("use", "enc"), ("kid", &kid)] {
            public.insert(name.to_owned(), value.into());
        }
        let decrypters = family.algorithms().map(|algorithm| (algorithm, OnceLock::new())).collect();
        let private = Secret::new(key.to_der_private_key());
        Ok(Self { family, kid, private: pkcs8(private.expose())?, public, kind, decrypters })
    }

    /// Which algorithms it serves.
    pub const fn family(&self) -> KeyFamily {
        self.family
    }

    /// The key's id: its RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The private key (PKCS #8, DER), to be sealed and stored.
    pub const fn private_pkcs8(&self) -> &Secret<Vec<u8>> {
        &self.private
    }

    /// The public key for the JWKS document, with `kid` and `use`.
    pub const fn public_jwk(&self) -> &Map<String, Value> {
        &self.public
    }

    #[cfg(test)]
    pub(super) fn renamed(&self, kid: &str) -> Self {
        let same = Self::from_pkcs8(self.family, &self.private).unwrap();
        Self { kid: kid.to_owned(), ..same }
    }

    pub(super) fn decrypter(&self, algorithm: KeyManagement) -> Option<&dyn JweDecrypter> {
        let (_, decrypter) = self.decrypters.iter().find(|(own, _)| *own == algorithm)?;
        decrypter.get_or_init(|| self.build(algorithm)).as_deref()
    }

    /// A content encryption key that nobody else can know, in place of one that could not be unwrapped.
    pub(super) fn unlikely(&self, wrapped: &[u8], length: usize) -> Secret<Vec<u8>> {
        let mut hash = Sha512::new_with_prefix(self.private.expose()).chain_update(wrapped).finalize().to_vec();
        hash.truncate(length);
        Secret::new(hash)
    }

    fn build(&self, algorithm: KeyManagement) -> Option<Box<dyn JweDecrypter>> {
        let der = self.private.expose();
        Some(match algorithm.josekit() {
            Josekit::Rsa(rsa) => Box::new(rsa.decrypter_from_der(der).ok()?),
            Josekit::Ec(ec) => Box::new(ec.decrypter_from_der(der).ok()?),
            Josekit::Wrap(_) | Josekit::Direct => return None,
        })
    }
}

/// josekit writes the older forms (PKCS #1, SEC 1), and reads the latter only when it is told the curve.
fn pkcs8(der: &[u8]) -> Result<Secret<Vec<u8>>, KeyError> {
    let key = PKey::private_key_from_der(der).map_err(KeyError::new)?;
    key.private_key_to_pkcs8().map(Secret::new).map_err(KeyError::new)
}

/// The keys that something may have been encrypted to.
#[derive(Debug, Clone, Default)]
pub struct DecryptionKeys {
    pub(super) pairs: Vec<Arc<DecryptionKey>>,
    pub(super) secret: Option<Secret<Vec<u8>>>,
}

impl DecryptionKeys {
    /// Our key pairs, for the algorithms with public keys.
    pub const fn new(pairs: Vec<Arc<DecryptionKey>>) -> Self {
        Self { pairs, secret: None }
    }

    /// The same, and a client's secret for the symmetric algorithms (OpenID Connect Core §10.2).
    pub fn with_client_secret(mut self, secret: &Secret<String>) -> Self {
        self.secret = Some(Secret::new(secret.expose().as_bytes().to_vec()));
        self
    }

    pub fn pairs(&self) -> &[Arc<DecryptionKey>] {
        &self.pairs
    }

    /// Whether something that was encrypted so can be read.
    pub fn supports(&self, algorithm: KeyManagement) -> bool {
        match algorithm.family() {
            Some(family) => self.pairs.iter().any(|pair| pair.family == family),
            None => self.secret.is_some(),
        }
    }
}
