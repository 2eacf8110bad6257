//! From bytes to a compact JWE (RFC 7516 §5.1).

use super::algorithm::{ContentEncryption, Josekit, KeyManagement};
use super::recipient::{Material, RecipientKey, derived};
use crate::random::Random;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwe::{JweEncrypter, JweHeader};
use josekit::jwk::Jwk;
use serde_json::{Map, Value};

/// What goes into the header.
#[derive(Debug, Clone, Copy)]
pub struct Envelope {
    /// `alg`.
    pub alg: KeyManagement,
    /// `enc`.
    pub enc: ContentEncryption,
    /// `typ`, where the use of the token has one.
    pub typ: Option<&'static str>,
    /// `cty`: `JWT` when the content is a signed JWT (RFC 7519 §5.2).
    pub cty: Option<&'static str>,
}

/// Nothing was encrypted. For the log; holds no key material and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("encryption failed: {0}")]
pub struct EncryptError(String);

impl EncryptError {
    fn new(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// The content's key, and how it is sent.
struct Key {
    content: Secret<Vec<u8>>,
    wrapped: Vec<u8>,
    /// `epk`.
    header: Map<String, Value>,
}

/// Encrypts to a recipient.
///
/// # Errors
/// When the key does not fit the algorithm.
pub fn encrypt(
    content: &[u8],
    recipient: &RecipientKey,
    envelope: &Envelope,
    random: &dyn Random,
) -> Result<String, EncryptError> {
    let key = match &recipient.material {
        Material::Public(jwk) => to_public(jwk, envelope, random)?,
        Material::Shared(secret) => to_shared(secret, envelope, random)?,
    };
    let header = URL_SAFE_NO_PAD.encode(header(recipient, envelope, key.header).to_string());
    let mut iv = vec![0; envelope.enc.iv_length()];
    random.fill(&mut iv);
    let sealed = envelope.enc.seal(key.content.expose(), &iv, header.as_bytes(), content).map_err(EncryptError::new)?;
    let rest = [&key.wrapped, &iv, &sealed.ciphertext, &sealed.tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{header}.{}", rest.join(".")))
}

fn header(recipient: &RecipientKey, envelope: &Envelope, mut members: Map<String, Value>) -> Value {
    let words = [
        ("alg", Some(envelope.alg.as_str())),
        ("enc", Some(envelope.enc.as_str())),
        ("kid", recipient.kid()),
        ("typ", envelope.typ),
        ("cty", envelope.cty),
    ];
    for (name, value) in words {
        if let Some(value) = value {
            members.insert(name.to_owned(), value.into());
        }
    }
    Value::Object(members)
}

fn to_public(jwk: &Jwk, envelope: &Envelope, random: &dyn Random) -> Result<Key, EncryptError> {
    let encrypter: Box<dyn JweEncrypter> = match envelope.alg.josekit() {
        Josekit::Rsa(rsa) => Box::new(rsa.encrypter_from_jwk(jwk).map_err(EncryptError::new)?),
        Josekit::Ec(ec) => Box::new(ec.encrypter_from_jwk(jwk).map_err(EncryptError::new)?),
        Josekit::Wrap(_) | Josekit::Direct => return Err(EncryptError::new("expected a secret, got a public key")),
    };
    wrap(encrypter.as_ref(), envelope, random)
}

fn to_shared(secret: &Secret<Vec<u8>>, envelope: &Envelope, random: &dyn Random) -> Result<Key, EncryptError> {
    let shared = derived(secret, envelope.alg, envelope.enc);
    match envelope.alg.josekit() {
        Josekit::Direct => Ok(Key { content: shared, wrapped: Vec::new(), header: Map::new() }),
        Josekit::Wrap(aes) => {
            let encrypter = aes.encrypter_from_bytes(shared.expose()).map_err(EncryptError::new)?;
            wrap(&encrypter, envelope, random)
        }
        Josekit::Rsa(_) | Josekit::Ec(_) => Err(EncryptError::new("expected a public key, got a secret")),
    }
}

fn wrap(encrypter: &dyn JweEncrypter, envelope: &Envelope, random: &dyn Random) -> Result<Key, EncryptError> {
    let (content, inbound, mut header) = (envelope.enc.josekit(), JweHeader::new(), JweHeader::new());
    let agreed = encrypter
        .compute_content_encryption_key(content.as_ref(), &inbound, &mut header)
        .map_err(EncryptError::new)?
        .map(|key| Secret::new(key.into_owned()));
    let content = agreed.unwrap_or_else(|| {
        let mut fresh = vec![0; envelope.enc.key_length()];
        random.fill(&mut fresh);
        Secret::new(fresh)
    });
    let wrapped = encrypter.encrypt(content.expose(), &inbound, &mut header).map_err(EncryptError::new)?;
    Ok(Key { content, wrapped: wrapped.unwrap_or_default(), header: header.into_map() })
}
