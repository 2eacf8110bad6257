//! phpass's portable hash (Openwall, `PasswordHash.php`): WordPress before 6.8, phpBB 3 (`$H$`) and many others in PHP.

use super::super::cost::UnusableHash;
use super::md5;
use super::md5_crypt::{ALPHABET, sixes};
use subtle::ConstantTimeEq as _;

/// Powers of two. WordPress has 13; 18 of a long password takes about half a second.
const ROUNDS: std::ops::RangeInclusive<usize> = 7..=18;
const SALT: usize = 8;
const HASH: usize = 22;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Phpass {
    rounds: usize,
    salt: String,
    hash: String,
}

impl Phpass {
    /// Reads what comes after `$P$` or `$H$`.
    pub(super) fn parse(text: &str) -> Result<Self, UnusableHash> {
        let malformed = UnusableHash("it is not a phpass hash of 34 characters");
        let is_text = text.len() == 1 + SALT + HASH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        let rounds = text.bytes().next().and_then(|first| ALPHABET.iter().position(|known| *known == first));
        let (Some(rounds), true) = (rounds, is_text) else { return Err(malformed) };
        if !ROUNDS.contains(&rounds) {
            return Err(UnusableHash("its cost is too high or too low: phpass must have 2^7 to 2^18 rounds"));
        }
        let (salt, hash) = text.split_at_checked(1 + SALT).ok_or(malformed.clone())?;
        Ok(Self { rounds, salt: salt.get(1..).ok_or(malformed)?.to_owned(), hash: hash.to_owned() })
    }

    pub(super) fn to_kept(&self) -> String {
        let rounds = ALPHABET.get(self.rounds).map_or('.', |byte| char::from(*byte));
        format!("$P${rounds}{}{}", self.salt, self.hash)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut digest = md5(&[self.salt.as_bytes(), password]);
        for _ in 0..1_usize << self.rounds {
            digest = md5(&[&digest, password]);
        }
        let group = |bytes: &[u8]| {
            let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            sixes(value, if bytes.len() == 3 { 4 } else { 2 })
        };
        let made: String = digest.chunks(3).map(group).collect();
        made.as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}
