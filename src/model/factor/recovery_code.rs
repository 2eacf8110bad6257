//! Recovery codes: random codes that a person keeps on paper, each for one sign-in.

use crate::platform::crypto::{Pepper, TokenHash};
use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;

/// How many a person is given at once.
pub const COUNT: usize = 10;
/// 16 characters of 5 bits: 80 bits. What is kept of a code is an HMAC under the pepper, which a copy of the database
/// alone does not give, and each try is counted (ASVS 6.5.4 asks for 20 bits).
const LENGTH: usize = 16;
/// The length of older codes, which still work.
const LENGTH_BEFORE: usize = 24;
const GROUP: usize = 4;
/// 32 characters, so that five bits choose one fairly; no I, O, 0 and 1.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const KIND: &str = "recovery_code";

/// Fresh codes, as people read them: `ABCD-EFGH-JKLM-NPQR`.
pub fn generate(random: &dyn Random) -> Vec<Secret<String>> {
    (0..COUNT).map(|_| one(random)).collect()
}

fn one(random: &dyn Random) -> Secret<String> {
    let bytes = random::bytes::<LENGTH>(random);
    let mut text = String::new();
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % GROUP == 0 {
            text.push('-');
        }
        text.extend(ALPHABET.get(usize::from(byte % 32)).map(|character| char::from(*character)));
    }
    Secret::new(text)
}

/// What the store keeps of a person's code, however it was typed; `None` for what cannot be one.
pub fn hash(pepper: &Pepper, person_id: &str, typed: &str) -> Option<TokenHash> {
    let separates = |c: char| c.is_whitespace() || c == '-';
    let typed = crate::platform::typed::ascii(typed);
    let code: String = typed.chars().filter(|c| !separates(*c)).map(|c| c.to_ascii_uppercase()).collect();
    let whole = [LENGTH, LENGTH_BEFORE].contains(&code.len()) && code.bytes().all(|byte| ALPHABET.contains(&byte));
    whole.then(|| pepper.hash(KIND, format!("{person_id}\u{1}{code}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;

    #[test]
    fn a_code_of_before_is_known_too() {
        let pepper = Pepper::new([7; 32]);
        let known = hash(&pepper, "ada", "ABCDEF-GHJKLM-NPQRST-UVWXYZ");
        assert!(known.is_some() && known == hash(&pepper, "ada", "abcdefghjklmnpqrstuvwxyz"));
        assert_eq!(hash(&pepper, "ada", "ABCDEF-GHJKLM-NPQRST"), None);
    }

    #[test]
    fn aut_15_a_code_is_known_however_it_is_typed_and_for_its_person_alone() {
        let pepper = Pepper::new([7; 32]);
        let codes = generate(&OsRandom);
        assert_eq!(codes.len(), COUNT);
        let code = codes[0].expose();
        assert_eq!(code.len(), LENGTH + 3);
        let known = hash(&pepper, "ada", code);
        assert!(known.is_some() && known == hash(&pepper, "ada", &code.to_lowercase().replace('-', "  ")));
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        let wide: String = code.chars().map(|c| if c == '-' { '－' } else { wide(c) }).collect();
        assert!(known == hash(&pepper, "ada", &wide), "{wide}");
        assert_ne!(known, hash(&pepper, "grace", code));
        for odd in ["", "123456", &code[1..], &format!("{code}A"), &code.replace('-', "0")] {
            assert_eq!(hash(&pepper, "ada", odd), None, "{odd}");
        }
    }
}
