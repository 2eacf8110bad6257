//! Imported hashes. Each kind is stored as one string; it is used until the person signs in, and then
//! replaced by Argon2id.
//!
//! | kind | kept as |
//! |---|---|
//! | bcrypt | `$2b$12$…` (`$2a$`, `$2y$`); of SHA-256 in hex: `bcrypt_sha256$$2b$12$…`; WordPress 6.8: `$wp$2y$10$…` |
//! | scrypt | `$scrypt$ln=16,r=8,p=1$SALT$HASH` |
//! | PBKDF2 | `$pbkdf2-sha256$i=600000$SALT$HASH` (`sha1`, `sha512`) |
//! | sha-crypt | `$5$…`, `$6$…` |
//! | md5-crypt | `$1$…`, `$apr1$…` |
//! | phpass | `$P$…` |
//! | salted digest | `{SSHA}…`, `{SSHA256}…`, `{SSHA512}…`; of Django: `sha1$SALT$HEX`, `md5$SALT$HEX` |
//! | Firebase | `$firebase-scrypt$ln=14,r=8$SIGNER KEY$SEPARATOR$SALT$HASH` |
//!
//! The cost of a hash is limited, as with Argon2: a planted row must not overload the machine.

mod bcrypt;
mod firebase;
mod md5_crypt;
mod pbkdf2;
mod phpass;
mod salted;
mod scrypt;
mod sha_crypt;
mod shapes;
mod ssha;

pub use firebase::FirebaseProject;
pub use shapes::import;

use super::cost::UnusableHash;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The least that tells one hash from another.
const LEAST_OUTPUT: usize = 16;
const MOST_OUTPUT: usize = 128;
const MOST_SALT: usize = 256;

/// Written without padding; read however it was written.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A hash of another system, parsed and within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Bcrypt(bcrypt::Bcrypt),
    Scrypt(scrypt::Scrypt),
    Pbkdf2(pbkdf2::Pbkdf2),
    ShaCrypt(sha_crypt::ShaCrypt),
    Md5Crypt(md5_crypt::Md5Crypt),
    Phpass(phpass::Phpass),
    Salted(salted::Salted),
    Ssha(ssha::Ssha),
    Firebase(firebase::Firebase),
}

impl Foreign {
    /// Reads what is kept; `None` for what is of no kind known here.
    pub(super) fn parse(kept: &str) -> Option<Result<Self, UnusableHash>> {
        let fields: Vec<&str> = kept.split('$').collect();
        Some(match fields.as_slice() {
            ["" | "bcrypt_sha256", ..] if bcrypt::is_meant(kept) => bcrypt::Bcrypt::parse(kept).map(Self::Bcrypt),
            ["", "1" | "apr1", salt, hash] => {
                let kind = fields.get(1).copied().unwrap_or_default();
                md5_crypt::Md5Crypt::parse(kind, salt, hash).map(Self::Md5Crypt)
            }
            ["", "P" | "H", rest] => phpass::Phpass::parse(rest).map(Self::Phpass),
            [name @ ("sha1" | "md5"), salt, hex] => salted::Salted::parse(name, salt, hex).map(Self::Salted),
            ["", "scrypt", cost, salt, hash] => scrypt::Scrypt::parse(cost, salt, hash).map(Self::Scrypt),
            ["", name, rounds, salt, hash] if name.starts_with("pbkdf2") => {
                pbkdf2::Pbkdf2::parse(name, rounds, salt, hash).map(Self::Pbkdf2)
            }
            ["", "5" | "6", ..] => sha_crypt::ShaCrypt::parse(kept).map(Self::ShaCrypt),
            ["", "firebase-scrypt", cost, key, separator, salt, hash] => {
                firebase::Firebase::parse(cost, [*key, *separator, *salt, *hash]).map(Self::Firebase)
            }
            [_] if kept.starts_with('{') => ssha::Ssha::parse(kept).map(Self::Ssha),
            _ => return None,
        })
    }

    /// The text that is kept.
    pub(super) fn to_kept(&self) -> String {
        match self {
            Self::Bcrypt(hash) => hash.to_kept(),
            Self::Scrypt(hash) => hash.to_kept(),
            Self::Pbkdf2(hash) => hash.to_kept(),
            Self::ShaCrypt(hash) => hash.to_kept(),
            Self::Md5Crypt(hash) => hash.to_kept(),
            Self::Phpass(hash) => hash.to_kept(),
            Self::Salted(hash) => hash.to_kept(),
            Self::Ssha(hash) => hash.to_kept(),
            Self::Firebase(hash) => hash.to_kept(),
        }
    }

    /// Whether these bytes are the password, compared in constant time.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => hash.matches(password),
            Self::ShaCrypt(hash) => hash.matches(password),
            Self::Md5Crypt(hash) => hash.matches(password),
            Self::Phpass(hash) => hash.matches(password),
            Self::Salted(hash) => hash.matches(password),
            Self::Ssha(hash) => hash.matches(password),
            Self::Firebase(hash) => hash.matches(password),
        }
    }
}

/// Base64 in any of its spellings: URL-safe, with passlib's `.` for `+`, padded or not.
fn decode(text: &str) -> Option<Vec<u8>> {
    let spelled = |c: char| match c {
        '-' | '.' => '+',
        '_' => '/',
        other => other,
    };
    BASE64.decode(text.trim().chars().map(spelled).collect::<String>()).ok()
}

fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn salt(text: &str) -> Result<Vec<u8>, UnusableHash> {
    decode(text).filter(|salt| salt.len() <= MOST_SALT).ok_or(UnusableHash("its salt is malformed"))
}

fn output(bytes: Option<Vec<u8>>) -> Result<Vec<u8>, UnusableHash> {
    let usable = bytes.filter(|bytes| (LEAST_OUTPUT..=MOST_OUTPUT).contains(&bytes.len()));
    usable.ok_or(UnusableHash("its hash is malformed, too short or too long"))
}

/// MD5 (RFC 1321) of parts one after another. It is read where others used it, and protects nothing of ours.
fn md5(parts: &[&[u8]]) -> [u8; 16] {
    use md5::Digest as _;
    let mut digest = md5::Md5::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

/// A number of `ln=16,r=8,p=1`.
fn parameter(list: &str, name: &str) -> Option<u32> {
    let found = list.split(',').filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name);
    found.and_then(|(_, value)| value.parse().ok())
}

#[cfg(test)]
mod tests;
