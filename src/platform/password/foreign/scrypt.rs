//! scrypt (RFC 7914).

use super::super::cost::UnusableHash;
use super::{decode, encode, output, parameter, salt};
use ::scrypt::Params;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Memory: 128 bytes times N times r, so 128 MiB.
const MOST_MEMORY: u64 = 1 << 20;
/// N times r times p: about half a second.
const MOST_WORK: u64 = 1 << 21;

/// N (its logarithm), r and p, within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) ln: u32,
    pub(super) r: u32,
    pub(super) p: u32,
}

impl Cost {
    pub(super) fn new(ln: u32, r: u32, p: u32) -> Result<Self, UnusableHash> {
        let memory = 1_u64.checked_shl(ln).unwrap_or(u64::MAX).saturating_mul(r.into());
        if ln > 24 || memory > MOST_MEMORY || memory.saturating_mul(p.into()) > MOST_WORK {
            return Err(UnusableHash("its cost is too high: scrypt may use at most 128 MiB and N·r·p of 2^21"));
        }
        let cost = Self { ln, r, p };
        cost.params().map(|_| cost).ok_or(UnusableHash("its cost is invalid"))
    }

    fn params(self) -> Option<Params> {
        Params::new(u8::try_from(self.ln).ok()?, self.r, self.p, Params::RECOMMENDED_LEN).ok()
    }

    pub(super) fn derive(self, password: &[u8], salt: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
        let mut derived = Zeroizing::new(vec![0; length]);
        ::scrypt::scrypt(password, salt, &self.params()?, &mut derived).ok()?;
        Some(derived)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Scrypt {
    cost: Cost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Scrypt {
    pub(super) fn new(cost: Cost, salt: Vec<u8>, hash: Option<Vec<u8>>) -> Result<Self, UnusableHash> {
        Ok(Self { cost, salt, output: output(hash)? })
    }

    pub(super) fn parse(cost: &str, salt_text: &str, hash: &str) -> Result<Self, UnusableHash> {
        let number = |name| parameter(cost, name).ok_or(UnusableHash("its cost is incomplete"));
        Self::new(Cost::new(number("ln")?, number("r")?, number("p")?)?, salt(salt_text)?, decode(hash))
    }

    pub(super) fn to_kept(&self) -> String {
        let Cost { ln, r, p } = self.cost;
        format!("$scrypt$ln={ln},r={r},p={p}${}${}", encode(&self.salt), encode(&self.output))
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let derived = self.cost.derive(password, &self.salt, self.output.len());
        derived.is_some_and(|derived| derived.ct_eq(&self.output).into())
    }
}
