//! `keys.*`: the master keys that seal everything at rest, and what signing keys there shall be.

use super::reader::Reader;
use super::value::{Raw, Setting};
use crate::platform::secret::Secret;
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::path::PathBuf;
use std::time::Duration;

/// 32 bytes that seal other keys. Of a list the first encrypts and all decrypt.
pub type MasterKey = Secret<[u8; 32]>;

/// `keys.*`
#[derive(Debug, Clone)]
pub struct Keys {
    /// `keys.master_key_file`
    pub master_key_file: Option<PathBuf>,
    /// `keys.master_key`: as written; [`Keys::master_keys`] reads it.
    pub master_key: Option<Secret<String>>,
    /// `keys.rotation`: how often signing keys change; `None` is by hand only.
    pub rotation: Option<Duration>,
    /// `keys.algorithms`: JWS names (RFC 7518 §3.1), one key each.
    pub algorithms: Vec<Algorithm>,
    /// `keys.encryption`: the JWE `alg` values (RFC 7518 §4.1) by which others may encrypt to us; one key for the RSA and
    /// one for the ECDH-ES ones. Empty: none.
    pub encryption: Vec<Encryption>,
}

/// A JWS signing algorithm by its registered name.
pub type Algorithm = &'static str;

const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("RS256", "RS256"),
    ("RS384", "RS384"),
    ("RS512", "RS512"),
    ("PS256", "PS256"),
    ("PS384", "PS384"),
    ("PS512", "PS512"),
    ("ES256", "ES256"),
    ("ES384", "ES384"),
    ("ES512", "ES512"),
    ("EdDSA", "EdDSA"),
];

/// A JWE key management algorithm by its registered name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption(&'static str);

impl std::ops::Deref for Encryption {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

const ENCRYPTION: &[(&str, Encryption)] = &[
    ("RSA-OAEP", Encryption("RSA-OAEP")),
    ("RSA-OAEP-256", Encryption("RSA-OAEP-256")),
    ("ECDH-ES", Encryption("ECDH-ES")),
    ("ECDH-ES+A128KW", Encryption("ECDH-ES+A128KW")),
    ("ECDH-ES+A192KW", Encryption("ECDH-ES+A192KW")),
    ("ECDH-ES+A256KW", Encryption("ECDH-ES+A256KW")),
];

impl Setting for Encryption {
    fn parse(raw: &Raw) -> Result<Self, String> {
        super::value::one_of(raw, ENCRYPTION)
    }
}

impl Setting for Algorithm {
    fn parse(raw: &Raw) -> Result<Self, String> {
        super::value::one_of(raw, ALGORITHMS)
    }
}

impl Default for Keys {
    fn default() -> Self {
        let rotation = Some(Duration::from_secs(90 * 86_400));
        Self {
            master_key_file: None,
            master_key: None,
            rotation,
            algorithms: vec!["RS256", "ES256"],
            encryption: ENCRYPTION.iter().map(|(_, one)| *one).collect(),
        }
    }
}

/// Why there are no master keys. Holds no part of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Neither key is set.
    #[error("no master key is set")]
    Missing,
    /// It would be a guess which one is meant.
    #[error("both a master key and a master key file are set")]
    Both,
    /// The file cannot be read.
    #[error("the master key file {0}")]
    Unreadable(String),
    /// Not base64 of 32 bytes; the number counts from 1.
    #[error("master key {0} is not base64 of 32 bytes")]
    NotAKey(usize),
    /// All bytes alike, or readable text: an example, or made up by a person.
    #[error("master key {0} is not random: it is a default or was typed by hand")]
    NotRandom(usize),
}

impl Keys {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("keys.master_key_file", &mut self.master_key_file);
        reader.read("keys.master_key", &mut self.master_key);
        reader.read("keys.rotation", &mut self.rotation);
        let slow_enough = self.rotation.is_none_or(|rotation| rotation >= Duration::from_secs(3600));
        // Caches of relying parties must see a key before it signs.
        reader.require(slow_enough, "keys.rotation", "must be at least an hour, or `off`");
        reader.read("keys.algorithms", &mut self.algorithms);
        reader.read("keys.encryption", &mut self.encryption);
        reader.require(!self.algorithms.is_empty(), "keys.algorithms", "must name at least one algorithm");
    }

    /// The master keys, in order, never an empty list. Reads the file afresh at each call.
    pub fn master_keys(&self) -> Result<Vec<MasterKey>, MasterKeyError> {
        match (&self.master_key, &self.master_key_file) {
            (Some(_), Some(_)) => Err(MasterKeyError::Both),
            (Some(text), None) => parse(text.expose()),
            (None, Some(path)) => {
                let read = std::fs::read_to_string(path).map(Secret::new);
                let unreadable =
                    |cause| MasterKeyError::Unreadable(format!("{} cannot be read: {cause}", path.display()));
                parse(read.map_err(unreadable)?.expose())
            }
            (None, None) => Err(MasterKeyError::Missing),
        }
    }
}

fn parse(text: &str) -> Result<Vec<MasterKey>, MasterKeyError> {
    text.split(',').enumerate().map(|(index, key)| master_key(key.trim(), index + 1)).collect()
}

/// Standard or URL alphabet, with or without padding: what the usual tools print.
fn master_key(text: &str, number: usize) -> Result<MasterKey, MasterKeyError> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { base64::alphabet::URL_SAFE } else { base64::alphabet::STANDARD };
    let decoded = GeneralPurpose::new(&alphabet, LENIENT).decode(text).map(Secret::new);
    let decoded = decoded.map_err(|_| MasterKeyError::NotAKey(number))?;
    let key = <[u8; 32]>::try_from(decoded.expose().as_slice()).map_err(|_| MasterKeyError::NotAKey(number))?;
    if is_made_up(&key) { Err(MasterKeyError::NotRandom(number)) } else { Ok(Secret::new(key)) }
}

/// One random key in 10¹³ is all printable; every key typed by hand is.
fn is_made_up(key: &[u8; 32]) -> bool {
    let printable = key.iter().all(|byte| (0x20..0x7f).contains(byte));
    let distinct: std::collections::BTreeSet<_> = key.iter().collect();
    printable || distinct.len() < 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn random() -> [u8; 32] {
        std::array::from_fn(|index| (index as u8).wrapping_mul(151).wrapping_add(200))
    }

    fn keys(text: &str) -> Result<Vec<MasterKey>, MasterKeyError> {
        Keys { master_key: Some(Secret::new(text.to_owned())), ..Keys::default() }.master_keys()
    }

    #[test]
    fn several_master_keys_keep_their_order() {
        let (mut other, one) = (random(), random());
        other.reverse();
        let text = format!("{},\n {}\n", STANDARD.encode(one), URL_SAFE_NO_PAD.encode(other));
        let read = keys(&text).unwrap();
        assert_eq!(read.iter().map(|key| *key.expose()).collect::<Vec<_>>(), [one, other]);
    }

    #[test]
    fn a_key_of_another_length_is_no_key() {
        for bad in ["", "abc", "not base64!", &STANDARD.encode([7; 31]), &STANDARD.encode([7; 33])] {
            assert_eq!(keys(bad), Err(MasterKeyError::NotAKey(1)), "{bad}");
        }
        let trailing = format!("{},", STANDARD.encode(random()));
        assert_eq!(keys(&trailing), Err(MasterKeyError::NotAKey(2)));
    }

    #[test]
    fn a_key_that_a_person_made_up_is_refused() {
        for bad in [[0; 32], [255; 32], *b"replace-me-with-32-random-bytes!"] {
            assert_eq!(keys(&STANDARD.encode(bad)), Err(MasterKeyError::NotRandom(1)));
        }
    }

    #[test]
    fn the_key_comes_from_one_place_only() {
        assert_eq!(Keys::default().master_keys(), Err(MasterKeyError::Missing));
        let both = Keys {
            master_key: Some(Secret::new(STANDARD.encode(random()))),
            master_key_file: Some("/nowhere".into()),
            ..Keys::default()
        };
        assert_eq!(both.master_keys(), Err(MasterKeyError::Both));
    }
}
