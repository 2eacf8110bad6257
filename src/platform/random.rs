//! Randomness is injected, so that tests repeat it.

pub use latchkey_jose::random::{OsRandom, Random};

/// Digits and capitals without those that look alike.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Draws `N` random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

/// 32 random bytes as base64url without padding (43 characters).
pub fn token(random: &dyn Random) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes::<32>(random))
}

/// A reference that people quote when something was refused: `LK-` and eight characters without look-alikes.
pub fn reference(random: &dyn Random) -> String {
    let bytes = bytes::<16>(random);
    // 248 is the largest multiple of 31 in a byte: without the rest no character is likelier than another.
    let fair = bytes.iter().chain(&bytes).filter(|byte| **byte < 248).take(8);
    let characters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 31))).map(|byte| char::from(*byte));
    std::iter::once("LK-".to_owned()).chain(characters.map(String::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_lk_and_eight_characters_without_look_alikes() {
        for _ in 0..200 {
            let reference = reference(&OsRandom);
            assert_eq!(reference.len(), 11, "{reference}");
            assert!(reference.strip_prefix("LK-").unwrap().bytes().all(|byte| ALPHABET.contains(&byte)));
            assert!(!reference.chars().skip(3).any(|c| "01OIL".contains(c)));
        }
    }
}
