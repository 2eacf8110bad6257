//! The public keys that a token may be verified with, chosen by algorithm and `kid`.

use super::algorithm::{Algorithm, Josekit};
use super::curve::CurveVerifier;
use super::json::parse_object;
use super::jwk::{self, InvalidKey, Kind};
use josekit::jwk::Jwk;
use josekit::jws::JwsVerifier;
use serde_json::{Map, Value};
use std::sync::OnceLock;

const MOST_KEYS: usize = 20;
const LONGEST_SET: usize = 64 * 1024;

/// Judged public keys. Verifiers are built at first use and kept, so keep the value.
#[derive(Debug, Default)]
pub struct VerificationKeys {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    kid: Option<String>,
    jwk: Jwk,
    verifiers: Vec<(Algorithm, Verifier)>,
}

type Verifier = OnceLock<Option<Prepared>>;

/// A key that is ready to verify.
#[derive(Debug)]
pub(super) enum Prepared {
    Josekit(Box<dyn JwsVerifier>),
    Curve(CurveVerifier),
}

impl Prepared {
    pub(super) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Josekit(key) => key.verify(input, signature).is_ok(),
            Self::Curve(key) => key.verify(input, signature),
        }
    }
}

impl VerificationKeys {
    /// Reads a JWK Set document of somebody else (RFC 7517 §5): at most 64 KiB and 20 keys. A private, symmetric, weak
    /// or malformed key refuses the whole set; keys of types or uses that we don't know are passed over.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_set(&parse_set(document)?)
    }

    /// The same for a set that was parsed already, as client metadata carry it in `jwks`.
    pub fn from_set(set: &Map<String, Value>) -> Result<Self, InvalidKey> {
        Self::from_jwks(members(set)?)
    }

    /// Any number of keys, as our own JWKS document has them.
    pub fn from_jwks<'a>(jwks: impl IntoIterator<Item = &'a Map<String, Value>>) -> Result<Self, InvalidKey> {
        let keys: Result<Vec<_>, _> = jwks.into_iter().map(Key::judge).collect();
        Ok(Self { keys: keys?.into_iter().flatten().collect() })
    }

    /// The one key that a proof carries (RFC 9449 §4.2); `Unsupported` when it can't verify anything.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, InvalidKey> {
        let keys = Self::from_jwks([jwk])?;
        if keys.is_empty() { Err(InvalidKey::Unsupported) } else { Ok(keys) }
    }

    /// Whether no key is usable.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether some key can verify this algorithm.
    pub fn supports(&self, algorithm: Algorithm) -> bool {
        self.candidates(algorithm, None).next().is_some()
    }

    /// Keys of that algorithm whose `kid` is the token's. A key or a token without `kid` fits any.
    pub(super) fn candidates(&self, algorithm: Algorithm, kid: Option<&str>) -> impl Iterator<Item = &Prepared> {
        let fits = move |key: &&Key| match (kid, key.kid.as_deref()) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => true,
        };
        self.keys.iter().filter(fits).filter_map(move |key| key.verifier(algorithm))
    }
}

pub(super) fn parse_set(document: &[u8]) -> Result<Map<String, Value>, InvalidKey> {
    if document.len() > LONGEST_SET {
        return Err(InvalidKey::TooLong);
    }
    parse_object(document).map_err(InvalidKey::Json)
}

/// The keys of a set, at most 20.
pub(super) fn members(set: &Map<String, Value>) -> Result<Vec<&Map<String, Value>>, InvalidKey> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or(InvalidKey::Member("keys"))?;
    if keys.len() > MOST_KEYS {
        return Err(InvalidKey::TooMany);
    }
    let objects: Option<Vec<_>> = keys.iter().map(Value::as_object).collect();
    objects.ok_or(InvalidKey::Member("keys"))
}

impl Key {
    fn judge(jwk: &Map<String, Value>) -> Result<Option<Self>, InvalidKey> {
        let kind = jwk::judge(jwk)?;
        let verifiers: Vec<_> = usable(jwk, kind)?.into_iter().map(|algorithm| (algorithm, Verifier::new())).collect();
        if verifiers.is_empty() {
            return Ok(None);
        }
        let kid = optional_text(jwk, "kid")?.map(str::to_owned);
        Ok(Some(Self { kid, jwk: jwk::josekit(jwk, kind)?, verifiers }))
    }

    fn verifier(&self, algorithm: Algorithm) -> Option<&Prepared> {
        let (_, verifier) = self.verifiers.iter().find(|(own, _)| *own == algorithm)?;
        verifier.get_or_init(|| build(&self.jwk, algorithm)).as_ref()
    }
}

fn build(jwk: &Jwk, algorithm: Algorithm) -> Option<Prepared> {
    if let Some(verifier) = CurveVerifier::new(algorithm, jwk.as_ref()) {
        return Some(Prepared::Curve(verifier));
    }
    Some(Prepared::Josekit(match algorithm.josekit() {
        Josekit::Rsa(rsa) => Box::new(rsa.verifier_from_jwk(jwk).ok()?),
        Josekit::Pss(pss) => Box::new(pss.verifier_from_jwk(jwk).ok()?),
        Josekit::Ec(ec) => Box::new(ec.verifier_from_jwk(jwk).ok()?),
        Josekit::Ed(ed) => Box::new(ed.verifier_from_jwk(jwk).ok()?),
    }))
}

/// The algorithms that a key may verify: its `alg` alone where it names one (RFC 8725 §3.1), else those of its type.
fn usable(jwk: &Map<String, Value>, kind: Kind) -> Result<Vec<Algorithm>, InvalidKey> {
    let for_signatures = optional_text(jwk, "use")?.is_none_or(|name| name == "sig") && may(jwk, &["verify"])?;
    let named = optional_text(jwk, "alg")?;
    let fits = |algorithm: &&Algorithm| for_signatures && named.is_none_or(|name| name == algorithm.as_str());
    Ok(kind.algorithms().iter().filter(fits).copied().collect())
}

/// Whether `key_ops` is absent or holds one of these (RFC 7517 §4.3).
pub(super) fn may(jwk: &Map<String, Value>, any_of: &[&str]) -> Result<bool, InvalidKey> {
    match jwk.get("key_ops") {
        None => Ok(true),
        Some(Value::Array(operations)) => Ok(operations.iter().any(|found| any_of.iter().any(|name| found == name))),
        Some(_) => Err(InvalidKey::Member("key_ops")),
    }
}

pub(super) fn optional_text<'a>(
    jwk: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, InvalidKey> {
    jwk.get(name).map(|value| value.as_str().ok_or(InvalidKey::Member(name))).transpose()
}
