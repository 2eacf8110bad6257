//! md5-crypt of crypt(3) (P.-H. Kamp, FreeBSD `crypt-md5.c`), and Apache's of another prefix (`apr_md5.c`).

use super::super::cost::UnusableHash;
use super::md5;
use subtle::ConstantTimeEq as _;

const LONGEST_SALT: usize = 8;
const HASH: usize = 22;
const ROUNDS: usize = 1_000;
pub(super) const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// In this order bytes of the digest are written.
const ORDER: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Md5Crypt {
    /// `$1$` or `$apr1$`: part of what is hashed.
    magic: &'static str,
    salt: String,
    hash: String,
}

impl Md5Crypt {
    pub(super) fn parse(kind: &str, salt: &str, hash: &str) -> Result<Self, UnusableHash> {
        let magic = if kind == "apr1" { "$apr1$" } else { "$1$" };
        let is_salt = salt.len() <= LONGEST_SALT && salt.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_salt || hash.len() != HASH || !hash.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return Err(UnusableHash("it is not an md5-crypt hash"));
        }
        Ok(Self { magic, salt: salt.to_owned(), hash: hash.to_owned() })
    }

    pub(super) fn to_kept(&self) -> String {
        format!("{}{}${}", self.magic, self.salt, self.hash)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let digest = self.digest(password);
        let byte = |at: usize| u32::from(digest.get(at).copied().unwrap_or_default());
        let mut made = String::with_capacity(HASH);
        for [first, second, third] in ORDER {
            made.push_str(&sixes(byte(first) << 16 | byte(second) << 8 | byte(third), 4));
        }
        made.push_str(&sixes(byte(11), 2));
        made.as_bytes().ct_eq(self.hash.as_bytes()).into()
    }

    fn digest(&self, password: &[u8]) -> [u8; 16] {
        let salt = self.salt.as_bytes();
        let inner = md5(&[password, salt, password]);
        let mut begun = [password, self.magic.as_bytes(), salt].concat();
        begun.extend(inner.iter().cycle().take(password.len()));
        // What looks like a slip of the pen in the original is the algorithm by now.
        let mut left = password.len();
        while left > 0 {
            begun.push(if left & 1 == 1 { 0 } else { password.first().copied().unwrap_or_default() });
            left >>= 1;
        }
        let mut digest = md5(&[&begun]);
        for round in 0..ROUNDS {
            let (odd, nothing): (bool, &[u8]) = (round % 2 == 1, &[]);
            digest = md5(&[
                if odd { password } else { &digest },
                if round % 3 == 0 { nothing } else { salt },
                if round % 7 == 0 { nothing } else { password },
                if odd { &digest } else { password },
            ]);
        }
        digest
    }
}

/// Six bits a character, the lowest first.
pub(super) fn sixes(mut value: u32, characters: usize) -> String {
    let mut text = String::with_capacity(characters);
    for _ in 0..characters {
        text.extend(usize::try_from(value & 63).ok().and_then(|six| ALPHABET.get(six)).map(|byte| char::from(*byte)));
        value >>= 6;
    }
    text
}
