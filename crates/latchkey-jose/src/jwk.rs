//! Public keys of others, judged before they are used (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use super::algorithm::Algorithm;
use super::json::JsonError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Members that only a private or symmetric key has.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a key or a set of keys is refused. Holds no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The set is not acceptable JSON.
    #[error("the key set is not acceptable JSON: {0}")]
    Json(JsonError),
    /// The set is longer than 64 KiB.
    #[error("the key set is longer than 64 KiB")]
    TooLong,
    /// The set holds more than 20 keys.
    #[error("the key set has more than 20 keys")]
    TooMany,
    /// A member is absent or of the wrong form.
    #[error("the key's member {0} is absent or malformed")]
    Member(&'static str),
    /// A private or symmetric key where only public ones belong.
    #[error("a private or symmetric key (member {0})")]
    Private(&'static str),
    /// An RSA modulus outside 2048 to 8192 bits, or an unusable exponent.
    #[error("an RSA key of {0} bits or with an unusable exponent")]
    WeakRsa(usize),
    /// The point is not on its curve.
    #[error("the point is not on the curve")]
    NotOnCurve,
    /// A key type, curve or use that we have no use for, where one usable key was asked for.
    #[error("a key of an unsupported type, curve or use")]
    Unsupported,
}

/// What a key's type and curve let it do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
    Other,
}

impl Kind {
    pub(super) const fn algorithms(self) -> &'static [Algorithm] {
        use Algorithm::{ES256, ES384, ES512, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
        match self {
            Self::Rsa => &[RS256, PS256, RS384, RS512, PS384, PS512],
            Self::P256 => &[ES256],
            Self::P384 => &[ES384],
            Self::P521 => &[ES512],
            Self::Ed25519 => &[EdDSA],
            Self::Other => &[],
        }
    }

    /// The members that make the key, in the order of RFC 7638 §3.2.
    const fn members(self) -> &'static [&'static str] {
        match self {
            Self::Rsa => &["e", "kty", "n"],
            Self::P256 | Self::P384 | Self::P521 => &["crv", "kty", "x", "y"],
            Self::Ed25519 => &["crv", "kty", "x"],
            Self::Other => &[],
        }
    }
}

/// Judges a JWK: public, strong enough, on its curve. Returns the members that make the key and nothing else;
/// `Unsupported` when its type or curve is none of ours.
pub fn public_key(jwk: &Map<String, Value>) -> Result<Map<String, Value>, InvalidKey> {
    match judge(jwk)? {
        Kind::Other => Err(InvalidKey::Unsupported),
        kind => Ok(essence(jwk, kind)),
    }
}

/// The SHA-256 thumbprint of a public key in base64url (RFC 7638); `None` for a key that [`public_key`] refuses.
pub fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    let members = judge(jwk).ok().filter(|kind| *kind != Kind::Other)?.members();
    let members: Option<Vec<_>> = members.iter().map(|name| text(jwk, name).map(|text| (*name, text)).ok()).collect();
    // Names and values are plain ASCII by now, so this is the canonical JSON.
    let pairs: Vec<_> = members?.into_iter().map(|(name, text)| format!(r#""{name}":"{text}""#)).collect();
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{}}}", pairs.join(",")))))
}

pub(super) fn judge(jwk: &Map<String, Value>) -> Result<Kind, InvalidKey> {
    if let Some(name) = PRIVATE.into_iter().find(|name| jwk.contains_key(*name)) {
        return Err(InvalidKey::Private(name));
    }
    match text(jwk, "kty")? {
        "oct" => Err(InvalidKey::Private("kty")),
        "RSA" => judge_rsa(jwk),
        "EC" => judge_ec(jwk),
        "OKP" if text(jwk, "crv")? == "Ed25519" => bytes(jwk, "x", Some(32)).map(|_| Kind::Ed25519),
        _ => Ok(Kind::Other),
    }
}

/// josekit's form of a judged key: without `x5c` and the like, which nobody here has looked at.
pub(super) fn josekit(jwk: &Map<String, Value>, kind: Kind) -> Result<Jwk, InvalidKey> {
    Jwk::from_map(essence(jwk, kind)).map_err(|_| InvalidKey::Unsupported)
}

fn essence(jwk: &Map<String, Value>, kind: Kind) -> Map<String, Value> {
    let member = |name: &&str| jwk.get(*name).map(|value| ((*name).to_owned(), value.clone()));
    kind.members().iter().filter_map(member).collect()
}

fn judge_rsa(jwk: &Map<String, Value>) -> Result<Kind, InvalidKey> {
    let (modulus, exponent) = (bytes(jwk, "n", None)?, bytes(jwk, "e", None)?);
    let top = modulus.first().copied().filter(|top| *top != 0).ok_or(InvalidKey::Member("n"))?;
    let bits = modulus.len().saturating_mul(8).saturating_sub(top.leading_zeros() as usize);
    // A long exponent makes each verification slow, an even one or 1 makes it worthless.
    let sound = matches!(exponent.as_slice(), [first, ..] if *first != 0 && exponent.len() <= 4)
        && exponent.last().is_some_and(|last| last % 2 == 1)
        && exponent != [1];
    if sound && RSA_BITS.contains(&bits) { Ok(Kind::Rsa) } else { Err(InvalidKey::WeakRsa(bits)) }
}

fn judge_ec(jwk: &Map<String, Value>) -> Result<Kind, InvalidKey> {
    let (kind, curve, size) = match text(jwk, "crv")? {
        "P-256" => (Kind::P256, Nid::X9_62_PRIME256V1, 32),
        "P-384" => (Kind::P384, Nid::SECP384R1, 48),
        "P-521" => (Kind::P521, Nid::SECP521R1, 66),
        _ => return Ok(Kind::Other),
    };
    let (x, y) = (bytes(jwk, "x", Some(size))?, bytes(jwk, "y", Some(size))?);
    let point = || {
        let group = EcGroup::from_curve_name(curve)?;
        let key = EcKey::from_public_key_affine_coordinates(
            &group,
            BigNum::from_slice(&x)?.as_ref(),
            BigNum::from_slice(&y)?.as_ref(),
        )?;
        key.check_key()
    };
    point().map_err(|_| InvalidKey::NotOnCurve)?;
    Ok(kind)
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, InvalidKey> {
    jwk.get(name).and_then(Value::as_str).ok_or(InvalidKey::Member(name))
}

fn bytes(jwk: &Map<String, Value>, name: &'static str, length: Option<usize>) -> Result<Vec<u8>, InvalidKey> {
    let decoded = URL_SAFE_NO_PAD.decode(text(jwk, name)?).map_err(|_| InvalidKey::Member(name))?;
    match length {
        Some(length) if length != decoded.len() => Err(InvalidKey::Member(name)),
        _ => Ok(decoded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// The key of RFC 7638 §3.1.
    fn rfc7638() -> Map<String, Value> {
        key(json!({
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        }))
    }

    /// The key of RFC 7517 §A.1.
    fn p256() -> Map<String, Value> {
        key(json!({"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}))
    }

    #[test]
    fn the_thumbprint_of_rfc_7638_comes_out() {
        assert_eq!(thumbprint(&rfc7638()).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_comes_out() {
        let ed = key(json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}));
        assert_eq!(thumbprint(&ed).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn jwt_16_private_and_symmetric_members_are_refused() {
        for name in PRIVATE {
            let mut jwk = rfc7638();
            jwk.insert(name.to_owned(), json!("AQAB"));
            assert_eq!(public_key(&jwk), Err(InvalidKey::Private(name)));
            assert_eq!(thumbprint(&jwk), None);
        }
        assert_eq!(public_key(&key(json!({"kty": "oct"}))), Err(InvalidKey::Private("kty")));
    }

    #[test]
    fn jwt_05_rsa_below_2048_bits_is_refused() {
        let mut jwk = rfc7638();
        let mut modulus = [0xffu8; 256];
        modulus[0] = 0x7f;
        jwk.insert("n".to_owned(), json!(URL_SAFE_NO_PAD.encode(modulus)));
        assert_eq!(public_key(&jwk), Err(InvalidKey::WeakRsa(2047)));
        jwk.insert("n".to_owned(), json!(URL_SAFE_NO_PAD.encode([0xff; 1025])));
        assert_eq!(public_key(&jwk), Err(InvalidKey::WeakRsa(8200)));
        modulus[0] = 0;
        jwk.insert("n".to_owned(), json!(URL_SAFE_NO_PAD.encode(modulus)));
        assert_eq!(public_key(&jwk), Err(InvalidKey::Member("n")));
    }

    #[test]
    fn unusable_rsa_exponents_are_refused() {
        for exponent in [&[1u8][..], &[2], &[0, 1, 0, 1], &[1, 0, 0, 0, 1], &[]] {
            let mut jwk = rfc7638();
            jwk.insert("e".to_owned(), json!(URL_SAFE_NO_PAD.encode(exponent)));
            assert_eq!(public_key(&jwk), Err(InvalidKey::WeakRsa(2048)), "{exponent:?}");
        }
    }

    #[test]
    fn jwt_06_points_off_the_curve_are_refused() {
        assert!(public_key(&p256()).is_ok());
        for (name, value) in [("x", [1u8; 32]), ("y", [0; 32]), ("x", [0xff; 32])] {
            let mut jwk = p256();
            jwk.insert(name.to_owned(), json!(URL_SAFE_NO_PAD.encode(value)));
            assert_eq!(public_key(&jwk), Err(InvalidKey::NotOnCurve));
        }
        let mut short = p256();
        short.insert("x".to_owned(), json!(URL_SAFE_NO_PAD.encode([1; 31])));
        assert_eq!(public_key(&short), Err(InvalidKey::Member("x")));
    }

    #[test]
    fn only_what_makes_the_key_is_kept() {
        let names = |jwk| public_key(&jwk).unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(rfc7638()), ["e", "kty", "n"]);
        assert_eq!(names(p256()), ["crv", "kty", "x", "y"]);
        assert_eq!(public_key(&key(json!({"kty": "EC", "crv": "secp256k1"}))), Err(InvalidKey::Unsupported));
        assert_eq!(public_key(&Map::new()), Err(InvalidKey::Member("kty")));
    }
}
