//! The hash formats of other systems, and how they are stored.

use super::super::cost::{Cost, UnusableHash};
use super::firebase::{Firebase, FirebaseProject};
use super::pbkdf2::{Pbkdf2, Prf};
use super::salted::{self, Salted};
use super::scrypt::{self, Scrypt};
use super::{Foreign, decode, salt};
use crate::platform::secret::Secret;
use serde_json::{Map, Value};

/// A text longer than this is no hash.
const LONGEST: usize = 4096;
const TOO_LONG: UnusableHash = UnusableHash("it is longer than 4096 bytes");
const UNKNOWN: UnusableHash = UnusableHash("its format is unknown");

/// Turns a hash of another system into the text that is kept. Read are Argon2 (PHC), bcrypt, scrypt, PBKDF2 (PHC,
/// passlib, Django, ASP.NET Core Identity), sha-crypt, md5-crypt, phpass, WordPress and LDAP's schemes as text; and as objects, or their JSON text,
/// Keycloak's `{"secretData": …, "credentialData": …}` and Firebase's `{"passwordHash": …, "salt": …}`.
///
/// # Errors
/// The rule that it breaks: nothing is kept that could not be verified.
pub fn import(value: &Value, firebase: Option<&FirebaseProject>) -> Result<Secret<String>, UnusableHash> {
    match value {
        Value::String(text) if text.len() > LONGEST => Err(TOO_LONG),
        Value::String(text) if text.trim_start().starts_with("{\"") => match serde_json::from_str(text) {
            Ok(Value::Object(object)) => from_object(&object, firebase),
            _ => Err(UnusableHash("it looks like JSON but is invalid")),
        },
        Value::String(text) => from_text(text.trim()),
        Value::Object(object) => from_object(object, firebase),
        _ => Err(UnusableHash("it must be a string, or an object of Keycloak or Firebase")),
    }
}

fn from_text(text: &str) -> Result<Secret<String>, UnusableHash> {
    if text.len() > LONGEST {
        return Err(TOO_LONG);
    }
    if text.starts_with("$argon2") {
        return Cost::of_import(text).map(|_| Secret::new(text.to_owned()));
    }
    if let Some(django) = django(text) {
        return django;
    }
    if let Some(ldap) = ldap(text) {
        return ldap;
    }
    if salted::is_bare_md5(text) {
        return Salted::parse("md5", "", text).map(|hash| kept(Foreign::Salted(hash)));
    }
    match Foreign::parse(text) {
        Some(parsed) => parsed.map(kept),
        None => aspnet(text),
    }
}

fn kept(foreign: Foreign) -> Secret<String> {
    Secret::new(foreign.to_kept())
}

/// Django (docs.djangoproject.com, "Password management in Django"): `algorithm$…`, the salt as text.
fn django(text: &str) -> Option<Result<Secret<String>, UnusableHash>> {
    let fields: Vec<&str> = text.split('$').collect();
    let number = |text: &str| text.parse::<u32>().map_err(|_| UnusableHash("its cost is malformed"));
    Some(match fields.as_slice() {
        [name @ ("pbkdf2_sha256" | "pbkdf2_sha1"), iterations, salt, hash] => {
            number(iterations).and_then(|iterations| {
                let prf = Prf::named(name).ok_or(UNKNOWN)?;
                Ok(kept(Foreign::Pbkdf2(Pbkdf2::new(prf, iterations, salt.as_bytes().to_vec(), decode(hash))?)))
            })
        }
        ["scrypt", n, salt, r, p, hash] => number(n).and_then(|n| {
            if !n.is_power_of_two() {
                return Err(UnusableHash("its cost is malformed"));
            }
            let cost = scrypt::Cost::new(n.trailing_zeros(), number(r)?, number(p)?)?;
            Ok(kept(Foreign::Scrypt(Scrypt::new(cost, salt.as_bytes().to_vec(), decode(hash))?)))
        }),
        // The name stands before the whole hash, once.
        ["argon2", ..] => {
            text.strip_prefix("argon2").filter(|rest| rest.starts_with("$argon2")).map_or(Err(UNKNOWN), from_text)
        }
        ["bcrypt", ..] => {
            text.strip_prefix("bcrypt$").filter(|rest| rest.starts_with('$')).map_or(Err(UNKNOWN), from_text)
        }
        _ if text.starts_with('!') => Err(UnusableHash("it marks an account without a password: omit the field")),
        _ => return None,
    })
}

/// OpenLDAP's schemes around hashes of other kinds; salted digests are read as they are.
fn ldap(text: &str) -> Option<Result<Secret<String>, UnusableHash>> {
    let (scheme, rest) = text.strip_prefix('{')?.split_once('}')?;
    match scheme.to_ascii_uppercase().as_str() {
        "CRYPT" | "ARGON2" | "BCRYPT" if rest.starts_with('$') => Some(from_text(rest)),
        scheme if scheme.starts_with("PBKDF2") => Some(from_text(&format!("${}${rest}", scheme.to_ascii_lowercase()))),
        _ => None,
    }
}

/// ASP.NET Core Identity (`PasswordHasher<TUser>`): Base64 of a version byte and what follows from it.
fn aspnet(text: &str) -> Result<Secret<String>, UnusableHash> {
    let bytes = decode(text).filter(|bytes| bytes.len() >= 33).ok_or(UNKNOWN)?;
    let wrong = UnusableHash("it is a malformed ASP.NET Core Identity hash");
    let pbkdf2 = match bytes.split_first() {
        Some((0, rest)) if rest.len() == 48 => {
            let (salt, hash) = rest.split_at_checked(16).ok_or(wrong)?;
            Pbkdf2::new(Prf::Sha1, 1_000, salt.to_vec(), Some(hash.to_vec()))
        }
        Some((1, rest)) => {
            let (head, rest) = rest.split_at_checked(12).ok_or(wrong.clone())?;
            let number = |at: usize| {
                let four = head.get(at..).and_then(|tail| tail.first_chunk::<4>());
                four.map(|bytes| u32::from_be_bytes(*bytes)).unwrap_or_default()
            };
            let prf = [Prf::Sha1, Prf::Sha256, Prf::Sha512];
            let prf = usize::try_from(number(0)).ok().and_then(|index| prf.get(index).copied()).ok_or(wrong.clone())?;
            let length = usize::try_from(number(8)).unwrap_or(usize::MAX);
            let (salt, hash) = rest.split_at_checked(length).ok_or(wrong)?;
            Pbkdf2::new(prf, number(4), salt.to_vec(), Some(hash.to_vec()))
        }
        _ => return Err(UNKNOWN),
    };
    pbkdf2.map(|hash| kept(Foreign::Pbkdf2(hash)))
}

fn from_object(
    object: &Map<String, Value>,
    firebase: Option<&FirebaseProject>,
) -> Result<Secret<String>, UnusableHash> {
    if object.contains_key("secretData") {
        return keycloak(object);
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match (text("passwordHash"), text("salt")) {
        (Some(hash), Some(salt)) => {
            let project = firebase
                .ok_or(UnusableHash("it is a Firebase hash: give the project's hash_config with --firebase FILE"))?;
            Firebase::new(project, salt, hash).map(|hash| kept(Foreign::Firebase(hash)))
        }
        _ => Err(UNKNOWN),
    }
}

/// Keycloak's credential, as a realm's export has it: two members, each an object or its JSON text.
fn keycloak(object: &Map<String, Value>) -> Result<Secret<String>, UnusableHash> {
    let wrong = UnusableHash("it is a malformed Keycloak hash");
    let (secret, data) = (part(object, "secretData"), part(object, "credentialData"));
    let text = |name: &str| secret.get(name).and_then(Value::as_str).ok_or(wrong.clone());
    let hash = text("value")?;
    let algorithm = data.get("algorithm").and_then(Value::as_str).unwrap_or_default();
    if algorithm.starts_with("bcrypt") {
        // The extension keycloak-bcrypt: the whole hash is the value.
        return from_text(text("value")?);
    }
    let salt_text = text("salt")?;
    let iterations = data.get("hashIterations").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let iterations = iterations.ok_or(wrong.clone())?;
    if algorithm == "argon2" {
        return argon2(&part(&data, "additionalParameters"), iterations, salt_text, hash);
    }
    let prf = Prf::named(algorithm)
        .ok_or(UnusableHash("Keycloak hashes must be pbkdf2, pbkdf2-sha256, pbkdf2-sha512, argon2 or bcrypt"))?;
    Pbkdf2::new(prf, iterations, salt(salt_text)?, decode(hash)).map(|hash| kept(Foreign::Pbkdf2(hash)))
}

/// Keycloak's Argon2, whose parameters are lists of text.
fn argon2(more: &Map<String, Value>, passes: u32, salt: &str, hash: &str) -> Result<Secret<String>, UnusableHash> {
    let first = |name: &str| more.get(name).and_then(|list| list.get(0)).and_then(Value::as_str);
    let (kind, memory) = (first("type").unwrap_or("id"), first("memory").unwrap_or_default());
    let version = if first("version") == Some("1.0") { 16 } else { 19 };
    let lanes = first("parallelism").unwrap_or("1");
    let plain = |text: &str| decode(text).map(|bytes| super::encode(&bytes)).unwrap_or_default();
    from_text(&format!("$argon2{kind}$v={version}$m={memory},t={passes},p={lanes}${}${}", plain(salt), plain(hash)))
}

fn part(object: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let parsed = match object.get(name) {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    parsed.and_then(|value: Value| value.as_object().cloned()).unwrap_or_default()
}
