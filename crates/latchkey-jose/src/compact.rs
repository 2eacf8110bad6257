//! The compact serialization (RFC 7515 §3.1), read strictly before any key is looked at.

use super::json::{JsonError, parse_object};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The longest token that is read.
const LONGEST: usize = 16 * 1024;
const LONGEST_KID: usize = 256;

/// Why a text is no acceptable compact JWS or JWE.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than 16 KiB.
    #[error("the token is longer than 16 KiB")]
    TooLong,
    /// Not three segments, or five where it is encrypted; or an empty header or payload.
    #[error("the token does not have its segments")]
    Segments,
    /// Padding, whitespace, or another character outside base64url; or bits behind the end.
    #[error("a segment of the token is not base64url")]
    Base64,
    /// The header is no acceptable JSON object.
    #[error("the token's header is not acceptable JSON: {0}")]
    HeaderJson(JsonError),
    /// The payload is no acceptable JSON object.
    #[error("the token's payload is not acceptable JSON: {0}")]
    PayloadJson(JsonError),
    /// A header parameter is absent, of the wrong type, or one that we refuse.
    #[error("the token's header parameter {0} is not acceptable")]
    Header(&'static str),
}

/// A JOSE header. `jku`, `x5u`, `x5c` and `jwk` are never acted upon here (RFC 8725 §3.10).
#[derive(Debug, Clone)]
pub struct Header {
    members: Map<String, Value>,
}

impl Header {
    pub(super) fn parse(json: &[u8]) -> Result<Self, Malformed> {
        let header = Self { members: parse_object(json).map_err(Malformed::HeaderJson)? };
        // We understand no extension, so each `crit` is unknown; `b64` and `zip` change what the payload means.
        for refused in ["crit", "b64", "zip"] {
            if header.members.contains_key(refused) {
                return Err(Malformed::Header(refused));
            }
        }
        for text in ["alg", "typ", "kid"] {
            if header.members.get(text).is_some_and(|value| !value.is_string()) {
                return Err(Malformed::Header(text));
            }
        }
        if header.text("alg").is_none() {
            return Err(Malformed::Header("alg"));
        }
        if header.kid().is_some_and(|kid| kid.len() > LONGEST_KID) {
            return Err(Malformed::Header("kid"));
        }
        Ok(header)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// `alg`, as the token says it: to be compared, never to be followed.
    pub fn alg(&self) -> &str {
        self.text("alg").unwrap_or_default()
    }

    /// `typ`.
    pub fn typ(&self) -> Option<&str> {
        self.text("typ")
    }

    /// `kid`: an opaque key for look-ups, at most 256 bytes.
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// Any other parameter, as DPoP proofs need `jwk` (RFC 9449 §4.2).
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}

/// A compact JWS in its parts. Nothing of it is proven yet.
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    pub header: Header,
    pub(super) payload: Vec<u8>,
    pub(super) signing_input: &'a str,
    pub(super) signature: Vec<u8>,
}

impl Parts<'_> {
    /// The payload's claims without proof: only to learn whose keys to fetch (`iss`, `client_id`).
    pub fn unverified_claims(&self) -> Result<super::Claims, Malformed> {
        super::Claims::parse(&self.payload)
    }
}

/// Reads a compact JWS.
pub fn parse(token: &str) -> Result<Parts<'_>, Malformed> {
    if token.len() > LONGEST {
        return Err(Malformed::TooLong);
    }
    let (signing_input, signature) = token.rsplit_once('.').ok_or(Malformed::Segments)?;
    let (header, payload) = signing_input.split_once('.').ok_or(Malformed::Segments)?;
    if payload.contains('.') || header.is_empty() || payload.is_empty() {
        return Err(Malformed::Segments);
    }
    let header = Header::parse(&decode(header)?)?;
    Ok(Parts { header, payload: decode(payload)?, signing_input, signature: decode(signature)? })
}

pub(super) fn decode(segment: &str) -> Result<Vec<u8>, Malformed> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| Malformed::Base64)
}
