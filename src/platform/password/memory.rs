//! What one worker keeps from hash to hash, and who computes the hash.

use super::cost::{Stored, UnusableHash};
use argon2::Block;
use zeroize::Zeroizing;

/// What a hash of today's cost needs, in blocks of 1 KiB.
const KEPT: usize = 19 * 1024;

/// The memory that Argon2 works in. Fresh memory would cost a third more: the kernel clears it, and each page faults.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    #[cfg(feature = "fast-argon2")]
    fast: super::fast::Kept,
}

impl Memory {
    /// Hashes at the stored hash's cost.
    ///
    /// # Errors
    /// When its parameters are impossible.
    pub(super) fn hash(&mut self, stored: &Stored, password: &str) -> Result<Zeroizing<Vec<u8>>, UnusableHash> {
        #[cfg(feature = "fast-argon2")]
        if let Some(output) = self.fast.hash(stored, password) {
            return Ok(output);
        }
        stored.hash(password, &mut self.blocks)
    }

    /// Overwrites what the last hash left, and gives back what only an import's larger hash needed.
    pub(super) fn wipe(&mut self) {
        self.blocks.fill(Block::new());
        self.blocks.truncate(KEPT);
        self.blocks.shrink_to_fit();
        #[cfg(feature = "fast-argon2")]
        self.fast.wipe();
    }

    #[cfg(test)]
    pub(super) fn fill_blocks(&mut self, stored: &Stored) {
        stored.hash("password", &mut self.blocks).unwrap();
    }

    #[cfg(test)]
    pub(super) fn is_clean(&self) -> bool {
        self.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    }
}
