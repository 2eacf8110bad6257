//! bcrypt (Provos and Mazières, USENIX 1999), as OpenBSD, PHP, Python and Django write it.

use super::super::cost::UnusableHash;
use sha2::{Digest as _, Sha256};

/// Of SHA-256 in hex, so that long passwords count whole: Django's `BCryptSHA256PasswordHasher`.
const OF_SHA256: &str = "bcrypt_sha256$";
const ALPHABET: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// 4 is the least that there is; 14 takes about a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// `$2b$12$`, 22 characters of salt, 31 of hash.
const LENGTH: usize = 60;
const LAST_OF_SALT: usize = 28;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Bcrypt {
    text: String,
    of_sha256: bool,
}

/// Whether a text wants to be one.
pub(super) fn is_meant(kept: &str) -> bool {
    let plain = kept.strip_prefix(OF_SHA256).unwrap_or(kept);
    ["$2a$", "$2b$", "$2y$", "$2x$", "$2$"].iter().any(|prefix| plain.starts_with(prefix))
}

impl Bcrypt {
    pub(super) fn parse(kept: &str) -> Result<Self, UnusableHash> {
        let of_sha256 = kept.starts_with(OF_SHA256);
        let text = kept.strip_prefix(OF_SHA256).unwrap_or(kept);
        if !["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            // $2x$ marks hashes of an implementation that got signs wrong; nobody should trust them.
            return Err(UnusableHash("of bcrypt only $2a$, $2b$ and $2y$ are read"));
        }
        let tail = text.get(7..).unwrap_or_default();
        let cost = text.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
        if text.len() != LENGTH || text.get(6..7) != Some("$") || !tail.chars().all(|c| ALPHABET.contains(c)) {
            return Err(UnusableHash("it is no bcrypt hash of 60 characters"));
        }
        if !cost.is_some_and(|cost| COSTS.contains(&cost)) {
            return Err(UnusableHash("its cost is absurd: bcrypt's may be 4 to 14"));
        }
        Ok(Self { text: without_loose_bits(text), of_sha256 })
    }

    pub(super) fn to_kept(&self) -> String {
        if self.of_sha256 { format!("{OF_SHA256}{}", self.text) } else { self.text.clone() }
    }

    /// bcrypt knows 72 bytes; what comes after them does not count, as where the hash was made.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let verified = if self.of_sha256 {
            let hex: String = Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect();
            ::bcrypt::verify(hex, &self.text)
        } else {
            ::bcrypt::verify(password, &self.text)
        };
        verified.unwrap_or(false)
    }
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
