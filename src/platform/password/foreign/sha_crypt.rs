//! sha256-crypt and sha512-crypt (U. Drepper, "Unix crypt using SHA-256 and SHA-512").

use super::super::cost::UnusableHash;
use ::sha_crypt::{ROUNDS_DEFAULT, Sha256Params, Sha512Params, sha256_crypt_b64, sha512_crypt_b64};
use subtle::ConstantTimeEq as _;

const LONGEST_SALT: usize = 16;
/// About a second; the usual 5,000 take some milliseconds.
const ROUNDS: std::ops::RangeInclusive<usize> = 1_000..=700_000;
/// A round costs as much as the password is long. libxcrypt takes no longer one either.
const LONGEST_PASSWORD: usize = 512;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct ShaCrypt {
    is_512: bool,
    /// As written; without it there are 5,000.
    rounds: Option<usize>,
    salt: String,
    hash: String,
}

impl ShaCrypt {
    pub(super) fn parse(kept: &str) -> Result<Self, UnusableHash> {
        let malformed = UnusableHash("it is not a sha-crypt hash");
        let fields: Vec<&str> = kept.split('$').collect();
        let (kind, rounds, salt, hash) = match fields.as_slice() {
            ["", kind, rounds, salt, hash] => (*kind, Some(*rounds), *salt, *hash),
            ["", kind, salt, hash] => (*kind, None, *salt, *hash),
            _ => return Err(malformed),
        };
        let is_512 = kind == "6";
        let rounds = match rounds {
            Some(text) => Some(text.strip_prefix("rounds=").and_then(|n| n.parse().ok()).ok_or(malformed.clone())?),
            None => None,
        };
        if rounds.is_some_and(|rounds| !ROUNDS.contains(&rounds)) {
            return Err(UnusableHash("its cost is too high or too low: sha-crypt must have 1,000 to 700,000 rounds"));
        }
        let is_text =
            |text: &str| text.bytes().all(|byte| byte == b'.' || byte == b'/' || byte.is_ascii_alphanumeric());
        let printable = salt.bytes().all(|byte| byte.is_ascii_graphic());
        if salt.len() > LONGEST_SALT || !printable || hash.len() != if is_512 { 86 } else { 43 } || !is_text(hash) {
            return Err(malformed);
        }
        Ok(Self { is_512, rounds, salt: salt.to_owned(), hash: hash.to_owned() })
    }

    pub(super) fn to_kept(&self) -> String {
        let rounds = self.rounds.map(|rounds| format!("rounds={rounds}$")).unwrap_or_default();
        format!("${}${rounds}{}${}", if self.is_512 { 6 } else { 5 }, self.salt, self.hash)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        if password.len() > LONGEST_PASSWORD {
            return false;
        }
        let (rounds, salt) = (self.rounds.unwrap_or(ROUNDS_DEFAULT), self.salt.as_bytes());
        let made = if self.is_512 {
            Sha512Params::new(rounds).and_then(|params| sha512_crypt_b64(password, salt, &params))
        } else {
            Sha256Params::new(rounds).and_then(|params| sha256_crypt_b64(password, salt, &params))
        };
        made.is_ok_and(|made| made.as_bytes().ct_eq(self.hash.as_bytes()).into())
    }
}
