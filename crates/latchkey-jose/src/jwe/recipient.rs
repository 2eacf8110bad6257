//! Whom something is encrypted to: a public key of the client's set, or the secret that it shares with us.

use super::super::jwk::{self, InvalidKey, Kind};
use super::super::verification_keys::{may, optional_text};
use super::algorithm::{ContentEncryption, KeyManagement};
use crate::secret::Secret;
use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use sha2::Digest as _;
use std::sync::Arc;

/// The public keys of a set that something can be encrypted to.
#[derive(Debug, Default)]
pub struct EncryptionKeys {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    kid: Option<String>,
    jwk: Arc<Jwk>,
    algorithms: Vec<KeyManagement>,
    /// Whether the set says that the key is for encryption.
    is_marked: bool,
}

/// A key to encrypt with.
#[derive(Debug, Clone)]
pub struct RecipientKey {
    pub(super) kid: Option<String>,
    pub(super) material: Material,
}

#[derive(Debug, Clone)]
pub(super) enum Material {
    Public(Arc<Jwk>),
    Shared(Secret<Vec<u8>>),
}

impl EncryptionKeys {
    /// The keys among these that fit; judged as `VerificationKeys` judges them.
    ///
    /// # Errors
    /// When a key is private, symmetric, weak or malformed.
    pub fn from_jwks<'a>(jwks: impl IntoIterator<Item = &'a Map<String, Value>>) -> Result<Self, InvalidKey> {
        let keys: Result<Vec<_>, _> = jwks.into_iter().map(Key::judge).collect();
        Ok(Self { keys: keys?.into_iter().flatten().collect() })
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key for an algorithm: the first that is marked for encryption, else the first that may be used so.
    pub fn find(&self, algorithm: KeyManagement) -> Option<RecipientKey> {
        let fitting = || self.keys.iter().filter(|key| key.algorithms.contains(&algorithm));
        let key = fitting().find(|key| key.is_marked).or_else(|| fitting().next())?;
        Some(RecipientKey { kid: key.kid.clone(), material: Material::Public(Arc::clone(&key.jwk)) })
    }
}

impl Key {
    fn judge(jwk: &Map<String, Value>) -> Result<Option<Self>, InvalidKey> {
        let kind = jwk::judge(jwk)?;
        let used = optional_text(jwk, "use")?;
        let named = optional_text(jwk, "alg")?;
        // WebCrypto writes an empty `key_ops` on public keys that others agree with.
        let idle = used == Some("enc") && jwk.get("key_ops").is_some_and(|value| value == &Value::Array(Vec::new()));
        let may_encrypt = may(jwk, &["encrypt", "wrapKey", "deriveKey", "deriveBits"])? || idle;
        let fits = |algorithm: &KeyManagement| named.is_none_or(|name| name == algorithm.as_str());
        let algorithms: Vec<_> = of(kind).filter(fits).collect();
        if algorithms.is_empty() || !may_encrypt || used.is_some_and(|used| used != "enc") {
            return Ok(None);
        }
        let kid = optional_text(jwk, "kid")?.map(str::to_owned);
        let is_marked = used.is_some() || named.is_some();
        Ok(Some(Self { kid, jwk: Arc::new(jwk::josekit(jwk, kind)?), algorithms, is_marked }))
    }
}

/// The algorithms that a public key of this kind serves.
pub(super) fn of(kind: Kind) -> impl Iterator<Item = KeyManagement> {
    use super::algorithm::KeyFamily;
    let family = match kind {
        Kind::Rsa => Some(KeyFamily::Rsa),
        Kind::P256 | Kind::P384 | Kind::P521 => Some(KeyFamily::Ec),
        Kind::Ed25519 | Kind::Other => None,
    };
    KeyManagement::ALL.into_iter().filter(move |algorithm| family.is_some() && algorithm.family() == family)
}

impl RecipientKey {
    /// The secret that a client shares with us, from which `dir` and the key wrappings derive their key.
    pub fn from_client_secret(secret: &Secret<String>) -> Self {
        Self { kid: None, material: Material::Shared(Secret::new(secret.expose().as_bytes().to_vec())) }
    }

    /// `kid`, where the set gives one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

/// The key that a client secret stands for: the left-most octets of its SHA-2 hash, of the shortest that suffices
/// (OpenID Connect Core §10.2).
pub(super) fn derived(
    secret: &Secret<Vec<u8>>,
    algorithm: KeyManagement,
    content: ContentEncryption,
) -> Secret<Vec<u8>> {
    let length = algorithm.shared_key_length(content);
    let secret = secret.expose();
    let mut hash = match length {
        0..=32 => sha2::Sha256::digest(secret).to_vec(),
        33..=48 => sha2::Sha384::digest(secret).to_vec(),
        _ => sha2::Sha512::digest(secret).to_vec(),
    };
    hash.truncate(length);
    Secret::new(hash)
}
