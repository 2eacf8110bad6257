//! The cost of hashes, and PHC strings within limits.

use crate::platform::secret::Secret;
use argon2::password_hash::{Ident, Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

const OUTPUT: usize = 32;
const MEMORY: Ident<'_> = Ident::new_unwrap("m");
const PASSES: Ident<'_> = Ident::new_unwrap("t");
const LANES: Ident<'_> = Ident::new_unwrap("p");
/// The maximum cost of a stored hash: more would be an attack through an import.
const MOST_MEMORY: u32 = 128 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;
/// Memory times passes, in KiB: about half a second.
const MOST_WORK: u32 = 1024 * 1024;

/// The cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// A stored hash of no known kind, or one of absurd cost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unusable password hash: {0}")]
pub struct UnusableHash(pub(super) &'static str);

impl Cost {
    /// 19 MiB, two passes, one lane: some 25 ms.
    pub const STANDARD: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };

    /// A cost in KiB of memory and passes over it; `None` outside 8 KiB to 128 MiB and 1 to 16 passes.
    pub fn new(memory: u32, passes: u32) -> Option<Self> {
        Some(Self { memory, passes, lanes: 1 }).filter(|cost| cost.params().is_ok())
    }

    /// Whether an Argon2 hash from elsewhere can be verified here.
    pub(super) fn of_import(phc: &str) -> Result<Self, UnusableHash> {
        Stored::parse(phc).map(|stored| stored.cost)
    }

    fn params(self) -> Result<Params, UnusableHash> {
        let bounded = self.memory <= MOST_MEMORY && self.passes <= MOST_PASSES && self.lanes <= MOST_LANES;
        if !bounded || self.memory.saturating_mul(self.passes) > MOST_WORK {
            return Err(UnusableHash("its cost is too high"));
        }
        Params::new(self.memory, self.passes, self.lanes, None).map_err(|_| UnusableHash("its cost is invalid"))
    }

    pub(super) fn fresh(self, salt: &[u8]) -> Stored {
        let output = vec![0; OUTPUT];
        Stored { algorithm: Algorithm::Argon2id, version: Version::V0x13, cost: self, salt: salt.to_vec(), output }
    }
}

/// A PHC string, parsed.
#[derive(Clone)]
pub(super) struct Stored {
    algorithm: Algorithm,
    version: Version,
    pub(super) cost: Cost,
    salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

impl Stored {
    pub(super) fn parse(phc: &str) -> Result<Self, UnusableHash> {
        let parsed = PasswordHash::new(phc).map_err(|_| UnusableHash("it is not a PHC string"))?;
        let algorithm = Algorithm::try_from(parsed.algorithm).map_err(|_| UnusableHash("it is not Argon2"))?;
        // Versions before 1.3 wrote none (PHC string format for Argon2).
        let version = parsed.version.unwrap_or(0x10);
        let version = Version::try_from(version).map_err(|_| UnusableHash("its version is unknown"))?;
        let number = |name| parsed.params.get_decimal(name).ok_or(UnusableHash("its cost is incomplete"));
        let cost = Cost { memory: number(MEMORY)?, passes: number(PASSES)?, lanes: number(LANES)? };
        cost.params()?;
        let (salt, output) = (decode_salt(parsed.salt)?, decode_output(parsed.hash)?);
        Ok(Self { algorithm, version, cost, salt, output })
    }

    pub(super) fn is_outdated(&self) -> bool {
        self.algorithm != Algorithm::Argon2id || self.version != Version::V0x13 || self.output.len() != OUTPUT
    }

    pub(super) fn hash(&self, password: &str, memory: &mut Vec<Block>) -> Result<Zeroizing<Vec<u8>>, UnusableHash> {
        let params = self.cost.params()?;
        if memory.len() < params.block_count() {
            // Growing moves it, and leaves a copy where it was.
            memory.fill(Block::new());
            memory.resize(params.block_count(), Block::new());
        }
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        let argon2 = Argon2::new(self.algorithm, self.version, params);
        let done =
            argon2.hash_password_into_with_memory(password.as_bytes(), &self.salt, &mut output, memory.as_mut_slice());
        done.map(|()| output).map_err(|_| UnusableHash("its salt or length is invalid"))
    }

    /// Memory in KiB and passes, where it is Argon2id of the current version with one lane.
    #[cfg(any(feature = "fast-argon2", test))]
    pub(super) fn todays_kind(&self) -> Option<(u32, u32)> {
        (!self.is_outdated() && self.cost.lanes == 1).then_some((self.cost.memory, self.cost.passes))
    }

    #[cfg(any(feature = "fast-argon2", test))]
    pub(super) fn salt(&self) -> &[u8] {
        &self.salt
    }

    pub(super) fn to_phc(&self, output: &[u8]) -> Result<Secret<String>, UnusableHash> {
        let failed = |_| UnusableHash("it cannot be encoded");
        let salt = SaltString::encode_b64(&self.salt).map_err(failed)?;
        let hash = PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.cost.params()?).map_err(failed)?,
            salt: Some(salt.as_salt()),
            hash: Some(Output::new(output).map_err(failed)?),
        };
        Ok(Secret::new(hash.to_string()))
    }
}

fn decode_salt(salt: Option<Salt<'_>>) -> Result<Vec<u8>, UnusableHash> {
    let wrong = UnusableHash("its salt is missing or malformed");
    let mut bytes = [0; Salt::MAX_LENGTH];
    let decoded = salt.ok_or(wrong.clone())?.decode_b64(&mut bytes).map_err(|_| wrong.clone())?;
    if decoded.len() >= 8 { Ok(decoded.to_vec()) } else { Err(wrong) }
}

fn decode_output(output: Option<Output>) -> Result<Vec<u8>, UnusableHash> {
    let output = output.filter(|output| output.len() >= 16).ok_or(UnusableHash("its hash is missing or short"))?;
    Ok(output.as_bytes().to_vec())
}
