//! PBKDF2 (RFC 8018 §5.2) over HMAC with SHA-1, SHA-256 or SHA-512.

use super::super::cost::UnusableHash;
use super::{decode, encode, output, parameter, salt};
use ::pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Iterations times blocks of output: about a second of the slowest kind.
const MOST_WORK: usize = 3_000_000;

/// The hash below the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Prf {
    /// By the name of a PHC string, of passlib, Keycloak or Django.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "pbkdf2" | "pbkdf2-sha1" => Some(Self::Sha1),
            "pbkdf2-sha256" => Some(Self::Sha256),
            "pbkdf2-sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    const fn block(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Pbkdf2 {
    prf: Prf,
    iterations: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Pbkdf2 {
    pub(super) fn new(prf: Prf, iterations: u32, salt: Vec<u8>, hash: Option<Vec<u8>>) -> Result<Self, UnusableHash> {
        let output = output(hash)?;
        let blocks = output.len().div_ceil(prf.block());
        let work = usize::try_from(iterations).unwrap_or(usize::MAX).saturating_mul(blocks);
        if iterations == 0 || work > MOST_WORK {
            return Err(UnusableHash(
                "its cost is too high or too low: PBKDF2 must have 1 to 3,000,000 iterations in total",
            ));
        }
        Ok(Self { prf, iterations, salt, output })
    }

    /// `$pbkdf2-sha256$i=600000,l=32$…` and passlib's `$pbkdf2-sha256$29000$…`.
    pub(super) fn parse(name: &str, rounds: &str, salt_text: &str, hash: &str) -> Result<Self, UnusableHash> {
        let prf = Prf::named(name).ok_or(UnusableHash("of PBKDF2 only sha1, sha256 and sha512 are read"))?;
        let iterations = rounds.parse().ok().or_else(|| parameter(rounds, "i"));
        let iterations = iterations.ok_or(UnusableHash("its cost is incomplete"))?;
        Self::new(prf, iterations, salt(salt_text)?, decode(hash))
    }

    pub(super) fn to_kept(&self) -> String {
        let (salt, hash) = (encode(&self.salt), encode(&self.output));
        format!("$pbkdf2-{}$i={}${salt}${hash}", self.prf.name(), self.iterations)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut derived = Zeroizing::new(vec![0; self.output.len()]);
        match self.prf {
            Prf::Sha1 => pbkdf2_hmac::<Sha1>(password, &self.salt, self.iterations, &mut derived),
            Prf::Sha256 => pbkdf2_hmac::<Sha256>(password, &self.salt, self.iterations, &mut derived),
            Prf::Sha512 => pbkdf2_hmac::<Sha512>(password, &self.salt, self.iterations, &mut derived),
        }
        derived.ct_eq(&self.output).into()
    }
}
