//! The purpose of a key.

use crate::platform::jose::Algorithm;
use crate::platform::jose::jwe::KeyFamily;

/// What a key is for, which its stored word tells: signing by one algorithm, or being encrypted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// It signs, by this algorithm alone (RFC 8725 §3.1).
    Signature(Algorithm),
    /// Others encrypt to it, by any algorithm of the family.
    Encryption(KeyFamily),
}

impl KeyAlgorithm {
    /// The stored word: the algorithm, or the first of the family.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature(algorithm) => algorithm.as_str(),
            Self::Encryption(family) => family.as_str(),
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        let signature = Algorithm::parse(word).map(Self::Signature);
        signature.or_else(|| KeyFamily::parse(word).map(Self::Encryption))
    }

    pub fn all() -> impl Iterator<Item = Self> {
        Algorithm::ALL.into_iter().map(Self::Signature).chain(KeyFamily::ALL.into_iter().map(Self::Encryption))
    }

    /// `use`, as the JWKS has it (RFC 7517 §4.2).
    pub const fn key_use(self) -> &'static str {
        match self {
            Self::Signature(_) => "sig",
            Self::Encryption(_) => "enc",
        }
    }

    /// The algorithm that it signs by.
    pub const fn signature(self) -> Option<Algorithm> {
        match self {
            Self::Signature(algorithm) => Some(algorithm),
            Self::Encryption(_) => None,
        }
    }
}

impl From<Algorithm> for KeyAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        Self::Signature(algorithm)
    }
}

impl std::fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_word_tells_what_a_key_is_for() {
        for algorithm in KeyAlgorithm::all() {
            assert_eq!(KeyAlgorithm::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(KeyAlgorithm::parse("ECDH-ES").map(KeyAlgorithm::key_use), Some("enc"));
        assert_eq!(KeyAlgorithm::parse("HS256"), None);
    }
}
