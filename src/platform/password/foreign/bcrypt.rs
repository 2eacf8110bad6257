//! bcrypt (Provos and Mazières, USENIX 1999), as OpenBSD, PHP, Python and Django write it.

use super::super::cost::UnusableHash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256, Sha384};

/// Of SHA-256 in hex, so that long passwords count whole: Django's `BCryptSHA256PasswordHasher`.
const OF_SHA256: &str = "bcrypt_sha256$";
/// Of an HMAC in Base64, for the same reason: WordPress from 6.8 on (`wp_hash_password`). `$wp` stands before bcrypt's own.
const OF_WORDPRESS: &str = "$wp";
/// What the HMAC's key is there.
const WORDPRESS_KEY: &[u8] = b"wp-sha384";
/// What PHP's `trim` takes away, and WordPress before it hashes.
const TRIMMED: &[u8] = b" \t\n\r\0\x0b";
const ALPHABET: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// 4 is the least that there is; 14 takes about a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// `$2b$12$`, 22 characters of salt, 31 of hash.
const LENGTH: usize = 60;
const LAST_OF_SALT: usize = 28;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Bcrypt {
    text: String,
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Password,
    Sha256,
    WordPress,
}

impl Of {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Password => "",
            Self::Sha256 => OF_SHA256,
            Self::WordPress => OF_WORDPRESS,
        }
    }

    fn split(kept: &str) -> (Self, &str) {
        let kinds = [Self::Sha256, Self::WordPress].into_iter();
        kinds.filter_map(|of| Some((of, kept.strip_prefix(of.prefix())?))).next().unwrap_or((Self::Password, kept))
    }
}

/// Whether a text wants to be one.
pub(super) fn is_meant(kept: &str) -> bool {
    let (_, plain) = Of::split(kept);
    ["$2a$", "$2b$", "$2y$", "$2x$", "$2$"].iter().any(|prefix| plain.starts_with(prefix))
}

impl Bcrypt {
    pub(super) fn parse(kept: &str) -> Result<Self, UnusableHash> {
        let (of, text) = Of::split(kept);
        if !["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            // $2x$ marks hashes of an implementation that got signs wrong; nobody should trust them.
            return Err(UnusableHash("bcrypt hashes must start with $2a$, $2b$ or $2y$"));
        }
        let tail = text.get(7..).unwrap_or_default();
        let cost = text.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
        if text.len() != LENGTH || text.get(6..7) != Some("$") || !tail.chars().all(|c| ALPHABET.contains(c)) {
            return Err(UnusableHash("it is not a bcrypt hash of 60 characters"));
        }
        if !cost.is_some_and(|cost| COSTS.contains(&cost)) {
            return Err(UnusableHash("its cost is too high or too low: bcrypt's must be 4 to 14"));
        }
        Ok(Self { text: without_loose_bits(text), of })
    }

    pub(super) fn to_kept(&self) -> String {
        format!("{}{}", self.of.prefix(), self.text)
    }

    /// bcrypt knows 72 bytes; what comes after them does not count, as where the hash was made.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let verified = match self.of {
            Of::Password => ::bcrypt::verify(password, &self.text),
            Of::Sha256 => {
                let hex: String = Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect();
                ::bcrypt::verify(hex, &self.text)
            }
            Of::WordPress => ::bcrypt::verify(wordpress(password), &self.text),
        };
        verified.unwrap_or(false)
    }
}

fn wordpress(password: &[u8]) -> String {
    let start = password.iter().position(|byte| !TRIMMED.contains(byte)).unwrap_or(password.len());
    let end = password.iter().rposition(|byte| !TRIMMED.contains(byte)).map_or(start, |last| last + 1);
    // A key of any length will do (RFC 2104 §3).
    let Ok(mut mac) = Hmac::<Sha384>::new_from_slice(WORDPRESS_KEY) else { return String::new() };
    mac.update(password.get(start..end).unwrap_or_default());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The last characters of salt and hash have bits to spare, which some implementations filled by chance.
fn without_loose_bits(text: &str) -> String {
    let last = text.len().saturating_sub(1);
    let clear = |(at, c): (usize, char)| {
        let mask = match at {
            LAST_OF_SALT => 0b11_0000,
            at if at == last => 0b11_1100,
            _ => return c,
        };
        let value = ALPHABET.chars().position(|known| known == c).unwrap_or_default();
        ALPHABET.chars().nth(value & mask).unwrap_or(c)
    };
    text.chars().enumerate().map(clear).collect()
}
