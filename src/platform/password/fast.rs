//! Today's hashes by another implementation, which uses the vector instructions and the large pages that the machine
//! has (docs/decisions.md). The argon2 crate judges it, in the tests below, and does whatever this leaves.

use super::cost::Stored;
use argon2_rust::params::Memory;
use argon2_rust::{Algorithm, Argon2, Hasher, Params, Version};
use zeroize::Zeroizing;

/// A worker's own memory, wiped after each hash.
#[derive(Default)]
pub(super) struct Kept(Option<Hasher>);

impl Kept {
    /// The hash; `None` for what is not of today's kind.
    pub(super) fn hash(&mut self, stored: &Stored, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (memory, passes) = stored.todays_kind()?;
        let params = Params::builder().memory(Memory::kib(u64::from(memory))).passes(passes).build().ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hasher = self.0.get_or_insert_with(|| argon2.hasher());
        hasher.set_argon2(argon2);
        let mut output = Zeroizing::new(vec![0; stored.output.len()]);
        hasher.hash_into(password.as_bytes(), stored.salt(), &mut output).ok()?;
        Some(output)
    }

    /// Gives the memory back, wiped.
    pub(super) fn wipe(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::cost::Cost;
    use super::*;
    use proptest::prelude::*;

    fn both(cost: Cost, salt: &[u8], password: &str, kept: &mut Kept) {
        let stored = cost.fresh(salt);
        let judge = stored.hash(password, &mut Vec::new()).unwrap();
        assert_eq!(kept.hash(&stored, password), Some(judge), "{cost:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn it_agrees_with_the_argon2_crate(
            memory in 8_u32..400, passes in 1_u32..5, salt in prop::collection::vec(any::<u8>(), 8..48), password in ".{0,80}",
        ) {
            // One memory for hashes of several costs, as a worker has it.
            let mut kept = Kept::default();
            both(Cost::new(memory, passes).unwrap(), &salt, &password, &mut kept);
            both(Cost::new(64, 1).unwrap(), &salt, &password, &mut kept);
            both(Cost::new(memory + 31, passes).unwrap(), &salt, "", &mut kept);
        }
    }

    #[test]
    fn it_agrees_with_the_argon2_crate_at_todays_cost_and_leaves_the_rest_to_it() {
        let mut kept = Kept::default();
        for password in ["", "correct horse", &"x".repeat(1024)] {
            both(Cost::STANDARD, &[7; 16], password, &mut kept);
        }
        kept.wipe();
        both(Cost::STANDARD, &[8; 16], "after a rest", &mut kept);
        let hash = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        for other in ["$argon2i$v=19$m=64,t=1,p=1", "$argon2id$v=16$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=2"] {
            assert!(kept.hash(&Stored::parse(&format!("{other}${hash}")).unwrap(), "password").is_none(), "{other}");
        }
    }
}
