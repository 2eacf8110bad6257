//! Envelope encryption: each secret under its own data key, each data key under a master key.

use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const VERSION: &str = "lk1";
const KEY: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The keys that wrap data keys: the first encrypts, all decrypt.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    first: MasterKey,
    older: Vec<MasterKey>,
}

#[derive(Debug, Clone)]
struct MasterKey {
    id: String,
    key: Secret<[u8; KEY]>,
}

/// Why a list of master keys could not be read. Positions count from 1; the keys themselves are never quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// No key was given.
    #[error("no master key was given")]
    Empty,
    /// An entry is not base64.
    #[error("master key {0} is not base64")]
    NotBase64(usize),
    /// An entry does not hold 32 bytes.
    #[error("master key {position} has {found} bytes instead of 32")]
    Length {
        position: usize,
        /// How many bytes it holds.
        found: usize,
    },
}

/// Why a sealed value could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed under a master key that is not in the list.
    #[error("sealed under the unknown master key {0}")]
    UnknownMasterKey(String),
    /// The text is damaged, or it was sealed for another place (its associated data differ).
    #[error("the sealed value is damaged or belongs elsewhere")]
    Corrupted,
}

/// A secret in the form in which it is stored: `lk1.<master key id>.<wrapped data key>.<ciphertext>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// The text for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a store gave back; judged when it is opened.
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl MasterKeys {
    /// Reads base64 keys (either alphabet, padded or not) separated by commas or line ends.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let entries = text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
        let mut keys = entries.enumerate().map(|(at, entry)| MasterKey::parse(at.saturating_add(1), entry));
        let first = keys.next().ok_or(MasterKeyError::Empty)??;
        Ok(Self { first, older: keys.collect::<Result<_, _>>()? })
    }

    /// A single fresh key, in the form that [`MasterKeys::parse`] reads.
    pub fn generate(random: &dyn Random) -> Secret<String> {
        let key = Zeroizing::new(random::bytes::<KEY>(random));
        Secret::new(STANDARD.encode(key.as_slice()))
    }

    /// The id of the key that encrypts.
    pub fn current_id(&self) -> &str {
        &self.first.id
    }

    /// Whether a value is already under the key that encrypts, so that it needs no rewrap.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        Envelope::parse(sealed).is_ok_and(|envelope| envelope.id == self.first.id)
    }

    /// Encrypts `plain` under a fresh data key. `aad` names the place (table, row, column), so that rows can't be swapped.
    pub fn seal(&self, aad: &str, plain: &[u8], random: &dyn Random) -> Sealed {
        let data_key = Zeroizing::new(random::bytes::<KEY>(random));
        let body = encrypt(&data_key, &associated("data", "", aad), plain, random);
        let wrapped = self.first.wrap(aad, &data_key, random);
        Envelope { id: self.first.id.clone(), wrapped, body }.to_sealed()
    }

    /// Decrypts a value that was sealed with the same `aad`.
    pub fn open(&self, aad: &str, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        let envelope = Envelope::parse(sealed)?;
        let data_key = self.unwrap(aad, &envelope)?;
        Ok(Secret::new(decrypt(&data_key, &associated("data", "", aad), &envelope.body)?))
    }

    /// Wraps the data key under the key that encrypts; the ciphertext stays as it is.
    pub fn rewrap(&self, aad: &str, sealed: &Sealed, random: &dyn Random) -> Result<Sealed, OpenError> {
        let envelope = Envelope::parse(sealed)?;
        let data_key = self.unwrap(aad, &envelope)?;
        let wrapped = self.first.wrap(aad, &data_key, random);
        Ok(Envelope { id: self.first.id.clone(), wrapped, body: envelope.body }.to_sealed())
    }

    fn unwrap(&self, aad: &str, envelope: &Envelope) -> Result<Zeroizing<[u8; KEY]>, OpenError> {
        let mut keys = std::iter::once(&self.first).chain(&self.older);
        let master = keys.find(|key| key.id == envelope.id);
        let master = master.ok_or_else(|| OpenError::UnknownMasterKey(envelope.id.clone()))?;
        let plain =
            Zeroizing::new(decrypt(master.key.expose(), &associated("key", &master.id, aad), &envelope.wrapped)?);
        Ok(Zeroizing::new(plain.as_slice().try_into().map_err(|_| OpenError::Corrupted)?))
    }
}

impl MasterKey {
    fn parse(position: usize, entry: &str) -> Result<Self, MasterKeyError> {
        let decoded = STANDARD.decode(entry).or_else(|_| URL_SAFE.decode(entry));
        let bytes = Zeroizing::new(decoded.map_err(|_| MasterKeyError::NotBase64(position))?);
        let key: [u8; KEY] =
            bytes.as_slice().try_into().map_err(|_| MasterKeyError::Length { position, found: bytes.len() })?;
        Ok(Self { id: key_id(&key), key: Secret::new(key) })
    }

    fn wrap(&self, aad: &str, data_key: &[u8; KEY], random: &dyn Random) -> Vec<u8> {
        encrypt(self.key.expose(), &associated("key", &self.id, aad), data_key, random)
    }
}

/// Names a key without telling anything of it: a hash under a label of its own, cut to 64 bits.
fn key_id(key: &[u8; KEY]) -> String {
    let digest = Sha256::new().chain_update(b"latchkey master key id\0").chain_update(key).finalize();
    URL_SAFE_NO_PAD.encode(digest.get(..8).unwrap_or_default())
}

/// Version and use are part of what is authenticated, so that a later form can't be read as this one.
fn associated(layer: &str, key_id: &str, aad: &str) -> Vec<u8> {
    [VERSION, layer, key_id, aad].join("\0").into_bytes()
}

#[allow(clippy::expect_used, reason = "AES-GCM refuses only messages of 64 GiB and more")]
fn encrypt(key: &[u8; KEY], aad: &[u8], msg: &[u8], random: &dyn Random) -> Vec<u8> {
    let nonce = random::bytes::<NONCE>(random);
    let cipher = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(key));
    let sealed = cipher.encrypt(Nonce::from_slice(&nonce), Payload { msg, aad }).expect("a secret is below 64 GiB");
    [nonce.as_slice(), &sealed].concat()
}

fn decrypt(key: &[u8; KEY], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let (nonce, msg) = sealed.split_at_checked(NONCE).ok_or(OpenError::Corrupted)?;
    let cipher = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(key));
    cipher.decrypt(Nonce::from_slice(nonce), Payload { msg, aad }).map_err(|_| OpenError::Corrupted)
}

struct Envelope {
    id: String,
    wrapped: Vec<u8>,
    body: Vec<u8>,
}

impl Envelope {
    fn parse(sealed: &Sealed) -> Result<Self, OpenError> {
        let mut parts = sealed.0.split('.');
        let (version, id) = (parts.next(), parts.next());
        let mut bytes = || parts.next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).ok_or(OpenError::Corrupted);
        let (wrapped, body) = (bytes()?, bytes()?);
        match (version, id, parts.next()) {
            (Some(VERSION), Some(id), None) if wrapped.len() == NONCE + KEY + TAG => {
                Ok(Self { id: id.to_owned(), wrapped, body })
            }
            _ => Err(OpenError::Corrupted),
        }
    }

    fn to_sealed(&self) -> Sealed {
        let (wrapped, body) = (URL_SAFE_NO_PAD.encode(&self.wrapped), URL_SAFE_NO_PAD.encode(&self.body));
        Sealed(format!("{VERSION}.{}.{wrapped}.{body}", self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;

    fn keys(bytes: &[u8]) -> MasterKeys {
        let texts: Vec<_> = bytes.iter().map(|byte| STANDARD.encode([*byte; KEY])).collect();
        MasterKeys::parse(&texts.join(",")).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let keys = keys(&[1]);
        let sealed = keys.seal("keys|a|RS256", b"secret", &OsRandom);
        assert_eq!(keys.open("keys|a|RS256", &sealed).unwrap().expose(), b"secret");
        assert_eq!(keys.open("keys|b|RS256", &sealed), Err(OpenError::Corrupted));
        assert!(!sealed.as_str().contains("secret"));
    }

    #[test]
    fn the_same_secret_never_seals_to_the_same_text() {
        let keys = keys(&[1]);
        assert_ne!(keys.seal("a", b"secret", &OsRandom), keys.seal("a", b"secret", &OsRandom));
    }

    #[test]
    fn the_first_key_encrypts_and_all_decrypt() {
        let old = keys(&[1]).seal("a", b"secret", &OsRandom);
        let both = keys(&[2, 1]);
        assert_eq!(both.open("a", &old).unwrap().expose(), b"secret");
        assert!(!both.is_current(&old));
        let new = both.rewrap("a", &old, &OsRandom).unwrap();
        assert!(both.is_current(&new));
        assert_eq!(keys(&[2]).open("a", &new).unwrap().expose(), b"secret");
        assert_eq!(both.rewrap("b", &old, &OsRandom), Err(OpenError::Corrupted));
    }

    #[test]
    fn an_unknown_master_key_is_told_from_damage() {
        let old = keys(&[1]);
        let sealed = old.seal("a", b"secret", &OsRandom);
        let unknown = OpenError::UnknownMasterKey(old.current_id().to_owned());
        assert_eq!(keys(&[2]).open("a", &sealed), Err(unknown));
    }

    #[test]
    fn every_flipped_character_is_noticed() {
        let keys = keys(&[1]);
        let text = keys.seal("a", b"secret", &OsRandom).0;
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let damaged = Sealed::from_stored(String::from_utf8(bytes).unwrap());
            assert!(keys.open("a", &damaged).is_err(), "at {at}");
            assert!(keys.open("a", &Sealed::from_stored(text[..at].to_owned())).is_err());
        }
    }

    #[test]
    fn master_keys_are_read_from_files_and_variables() {
        let text = STANDARD.encode([0xfb; KEY]);
        assert!(MasterKeys::parse(&format!("{text}\n")).is_ok());
        assert!(MasterKeys::parse(text.trim_end_matches('=')).is_ok());
        assert!(MasterKeys::parse(&URL_SAFE_NO_PAD.encode([0xfb; KEY])).is_ok());
        assert!(MasterKeys::parse(MasterKeys::generate(&OsRandom).expose()).is_ok());
        assert_eq!(MasterKeys::parse(" ,\n").unwrap_err(), MasterKeyError::Empty);
        assert_eq!(MasterKeys::parse(&format!("{text},?")).unwrap_err(), MasterKeyError::NotBase64(2));
        assert_eq!(MasterKeys::parse("AAAA").unwrap_err(), MasterKeyError::Length { position: 1, found: 3 });
    }

    #[test]
    fn nothing_prints_a_master_key() {
        let keys = keys(&[7]);
        assert!(!format!("{keys:?}").contains("7, 7"));
    }
}
