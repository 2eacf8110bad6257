//! The 100,000 passwords that are tried first, as a filter that knows which they are without holding them:
//! `filter.bin`, see the README beside it. A password that is not among them is taken for one once in 65,536 times.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::OnceLock;
use xorf::{BinaryFuse16, Descriptor, Filter as _};

/// Shorter ones nobody can choose: `password.minimum_length` is 8 at least.
const SHORTEST: usize = 8;
/// So many are kept of a list.
const COUNT: usize = 100_000;
/// Seed, and three lengths.
const HEAD: usize = 20;

static BUNDLED: &[u8] = include_bytes!("filter.bin");
static FILTER: OnceLock<Option<BinaryFuse16>> = OnceLock::new();

/// Whether a password is among the most common, in whatever case it is written.
pub fn is_common(password: &str) -> bool {
    let filter = FILTER.get_or_init(|| read(BUNDLED));
    filter.as_ref().is_some_and(|filter| filter.contains(&key(password)))
}

/// Makes the filter of a list of passwords, a line each and the most common first. The same list makes the same bytes.
///
/// # Errors
/// When the list cannot be read, or no filter can be made of it.
pub fn build(list: impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut keys = BTreeSet::new();
    for line in list.lines() {
        let line = line?;
        if line.chars().count() >= SHORTEST && keys.len() < COUNT {
            keys.insert(key(&line));
        }
    }
    let keys: Vec<u64> = keys.into_iter().collect();
    let filter = BinaryFuse16::try_from(&keys).map_err(std::io::Error::other)?;
    let Descriptor { seed, segment_length, segment_length_mask, segment_count_length } = filter.descriptor;
    let lengths = [segment_length, segment_length_mask, segment_count_length].map(u32::to_le_bytes);
    let prints = filter.fingerprints.iter().flat_map(|print| print.to_le_bytes());
    Ok(seed.to_le_bytes().into_iter().chain(lengths.into_iter().flatten()).chain(prints).collect())
}

fn key(password: &str) -> u64 {
    let digest = Sha256::digest(password.to_lowercase());
    digest.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Option<BinaryFuse16> {
    let (head, prints) = bytes.split_at_checked(HEAD)?;
    let seed = u64::from_le_bytes(*head.first_chunk()?);
    let length = |at: usize| Some(u32::from_le_bytes(*head.get(at..)?.first_chunk()?));
    let descriptor = Descriptor {
        seed,
        segment_length: length(8)?,
        segment_length_mask: length(12)?,
        segment_count_length: length(16)?,
    };
    let fingerprints: Box<[u16]> =
        prints.chunks_exact(2).filter_map(|two| Some(u16::from_le_bytes(*two.first_chunk()?))).collect();
    // What a look-up may reach: the last of the first segments, and the two after it.
    let reach = descriptor.segment_count_length.checked_add(descriptor.segment_length.checked_mul(2)?)?;
    let is_whole = usize::try_from(reach).is_ok_and(|reach| reach <= fingerprints.len());
    is_whole.then_some(BinaryFuse16 { descriptor, fingerprints })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_known_in_any_case() {
        for common in ["password", "Password1", "12345678", "QWERTYUIOP", "iloveyou", "123456789123456789", "sunshine"]
        {
            assert!(is_common(common), "{common}");
        }
        for rare in ["correct horse battery staple", "zwölf boxkämpfer jagen", "", "\u{0}"] {
            assert!(!is_common(rare), "{rare}");
        }
    }

    #[test]
    fn few_others_are_taken_for_one() {
        let taken = (0..200_000).filter(|number| is_common(&format!("no such pass phrase {number}"))).count();
        assert!(taken <= 15, "{taken}: three are to be expected of 200,000");
    }

    #[test]
    fn a_list_makes_the_same_filter_each_time() {
        let list: String = (0..5_000).map(|number| format!("password-{number}\nshort\n")).collect();
        let built = build(list.as_bytes()).unwrap();
        assert_eq!(built, build(list.as_bytes()).unwrap());
        let filter = read(&built).unwrap();
        assert!((0..5_000).all(|number| filter.contains(&key(&format!("PASSWORD-{number}")))));
        assert!(read(&built[..built.len() / 2]).is_none() && read(b"").is_none());
    }
}
