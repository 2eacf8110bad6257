//! From a compact JWE to what it holds (RFC 7516 §5.2), read strictly before any key is looked at.

use super::super::compact::{self, Header, Malformed};
use super::super::jwk;
use super::algorithm::{ContentEncryption, Josekit, KeyFamily, KeyManagement};
use super::content::Sealed;
use super::decryption_key::{DecryptionKey, DecryptionKeys};
use super::recipient::derived;
use crate::secret::Secret;
use josekit::jwe::{JweDecrypter, JweHeader};
use serde_json::{Map, Value};

/// The longest token that is read: a JWS of the longest kind, encrypted.
const LONGEST: usize = 32 * 1024;
/// `apu` and `apv` together with everything else of a header.
const LONGEST_HEADER: usize = 4 * 1024;

/// What a token of one use must look like. Fixed by the caller for that use, never taken from the token.
#[derive(Debug, Clone, Copy)]
pub struct DecryptionRules<'a> {
    /// The `alg` values that are allowed (RFC 8725 §3.1).
    pub algorithms: &'a [KeyManagement],
    /// The `enc` values that are allowed.
    pub contents: &'a [ContentEncryption],
    pub keys: &'a DecryptionKeys,
}

/// What was in a token. Whoever knows the public key could have made it: only a signature inside tells who did.
#[derive(Debug, Clone)]
pub struct Decrypted {
    pub header: Header,
    pub content: Vec<u8>,
}

/// Why a token is not to be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// It can't be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// More than 32 KiB.
    #[error("the encrypted token is longer than 32 KiB")]
    TooLong,
    /// Its `alg` or `enc` is not allowed here.
    #[error("the token's {0} is not allowed")]
    Algorithm(&'static str),
    /// No key fits its `alg` and `kid`.
    #[error("no key matches the token's alg and kid")]
    NoKey,
    /// It was not encrypted to us, or altered on the way. One error for all causes (RFC 7516 §11.5).
    #[error("the token can't be decrypted")]
    Decryption,
}

/// Whether a token has the five segments of a JWE, where a JWS would have three.
pub fn is_encrypted(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() == 4
}

struct Parts<'a> {
    aad: &'a str,
    header: Header,
    wrapped: Vec<u8>,
    iv: Vec<u8>,
    sealed: Sealed,
}

/// Reads and decrypts a compact JWE.
///
/// # Errors
/// See [`DecryptError`]. Alg and enc are judged before any key is touched.
pub fn decrypt(token: &str, rules: &DecryptionRules<'_>) -> Result<Decrypted, DecryptError> {
    if token.len() > LONGEST {
        return Err(DecryptError::TooLong);
    }
    let segments: Vec<&str> = token.split('.').collect();
    let [aad, wrapped, iv, ciphertext, tag] = segments.as_slice() else { return Err(Malformed::Segments.into()) };
    if aad.is_empty() || aad.len() > LONGEST_HEADER {
        return Err(Malformed::Segments.into());
    }
    let header = Header::parse(&compact::decode(aad)?)?;
    let (algorithm, content) = judge(&header, rules)?;
    let sealed = Sealed { ciphertext: compact::decode(ciphertext)?, tag: compact::decode(tag)? };
    let parts = Parts { aad, header, wrapped: compact::decode(wrapped)?, iv: compact::decode(iv)?, sealed };
    let content = open(&parts, algorithm, content, rules.keys)?;
    Ok(Decrypted { header: parts.header, content })
}

fn judge(header: &Header, rules: &DecryptionRules<'_>) -> Result<(KeyManagement, ContentEncryption), DecryptError> {
    let algorithm = rules.algorithms.iter().find(|allowed| allowed.as_str() == header.alg());
    let algorithm = *algorithm.ok_or(DecryptError::Algorithm("alg"))?;
    let enc = header.value("enc").and_then(Value::as_str).ok_or(Malformed::Header("enc"))?;
    let content = rules.contents.iter().find(|allowed| allowed.as_str() == enc);
    Ok((algorithm, *content.ok_or(DecryptError::Algorithm("enc"))?))
}

fn open(
    parts: &Parts<'_>,
    algorithm: KeyManagement,
    content: ContentEncryption,
    keys: &DecryptionKeys,
) -> Result<Vec<u8>, DecryptError> {
    check_wrapped(parts, algorithm, content)?;
    let unsealed = |key: Secret<Vec<u8>>| content.open(key.expose(), &parts.iv, parts.aad.as_bytes(), &parts.sealed);
    let Some(family) = algorithm.family() else {
        let secret = keys.secret.as_ref().ok_or(DecryptError::NoKey)?;
        let key = shared(parts, algorithm, content, &derived(secret, algorithm, content));
        return key.and_then(unsealed).ok_or(DecryptError::Decryption);
    };
    let header = agreement(&parts.header, family)?;
    let named = |pair: &&std::sync::Arc<DecryptionKey>| parts.header.kid().is_none_or(|kid| kid == pair.kid());
    let mut pairs = keys.pairs.iter().filter(|pair| pair.family() == family).filter(named).peekable();
    if pairs.peek().is_none() {
        return Err(DecryptError::NoKey);
    }
    let fitting = pairs.filter(|pair| header.kind.is_none_or(|kind| kind == pair.kind));
    let key = |pair: &DecryptionKey| {
        let found = unwrap(parts, pair.decrypter(algorithm)?, content, &header.members);
        let found = found.filter(|key| key.expose().len() == content.key_length());
        // A wrong padding must take as long as a wrong tag (RFC 7516 §11.5).
        Some(found.unwrap_or_else(|| pair.unlikely(&parts.wrapped, content.key_length())))
    };
    fitting.filter_map(|pair| key(pair)).find_map(unsealed).ok_or(DecryptError::Decryption)
}

/// The wrapped key must have its length (RFC 7516 §5.2 steps 10 and 11): josekit would compute with a shorter one.
fn check_wrapped(parts: &Parts<'_>, algorithm: KeyManagement, content: ContentEncryption) -> Result<(), DecryptError> {
    let expected = match algorithm {
        KeyManagement::EcdhEs | KeyManagement::Dir => 0,
        _ if algorithm.wraps() => content.key_length().saturating_add(8),
        // As long as the modulus, which OpenSSL compares.
        _ => parts.wrapped.len().clamp(1, LONGEST),
    };
    if parts.wrapped.len() == expected { Ok(()) } else { Err(DecryptError::Decryption) }
}

/// What of the header the agreement needs.
struct Agreement {
    kind: Option<jwk::Kind>,
    members: JweHeader,
}

/// The sender's key is judged before it meets ours: its point must be on the curve (RFC 8725 §3.4).
fn agreement(header: &Header, family: KeyFamily) -> Result<Agreement, DecryptError> {
    if family == KeyFamily::Rsa {
        return Ok(Agreement { kind: None, members: JweHeader::new() });
    }
    let wrong = DecryptError::Malformed(Malformed::Header("epk"));
    let epk = header.value("epk").and_then(Value::as_object).ok_or(wrong.clone())?;
    let kind = jwk::judge(epk).map_err(|_| wrong)?;
    let mut members = Map::new();
    members.insert("epk".to_owned(), Value::Object(epk.clone()));
    for name in ["apu", "apv"] {
        if let Some(value) = header.value(name) {
            let text = value.as_str().ok_or(Malformed::Header(name))?;
            compact::decode(text)?;
            members.insert(name.to_owned(), value.clone());
        }
    }
    let members = JweHeader::from_map(members).map_err(|_| Malformed::Header("epk"))?;
    Ok(Agreement { kind: Some(kind), members })
}

fn unwrap(
    parts: &Parts<'_>,
    decrypter: &dyn JweDecrypter,
    content: ContentEncryption,
    header: &JweHeader,
) -> Option<Secret<Vec<u8>>> {
    let wrapped = (!parts.wrapped.is_empty()).then_some(parts.wrapped.as_slice());
    let key = decrypter.decrypt(wrapped, content.josekit().as_ref(), header).ok()?;
    Some(Secret::new(key.into_owned()))
}

fn shared(
    parts: &Parts<'_>,
    algorithm: KeyManagement,
    content: ContentEncryption,
    key: &Secret<Vec<u8>>,
) -> Option<Secret<Vec<u8>>> {
    match algorithm.josekit() {
        Josekit::Direct => Some(key.clone()),
        Josekit::Wrap(aes) => {
            let decrypter = aes.decrypter_from_bytes(key.expose()).ok()?;
            unwrap(parts, &decrypter, content, &JweHeader::new())
        }
        Josekit::Rsa(_) | Josekit::Ec(_) => None,
    }
}
