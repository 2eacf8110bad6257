//! Judges a password that a person chooses.

use crate::platform::password::LONGEST;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Nothing there.
    Missing,
    /// Fewer characters than `password.minimum_length`.
    TooShort {
        /// So many are wanted.
        minimum: u32,
    },
    /// Over 1024 bytes.
    TooLong,
    /// It holds what can't be typed.
    Untypable,
    /// It is little more than the person's own name or address.
    Personal,
    /// One character or a short piece over and over, or a run such as `abcdef`.
    Simple,
}

/// Judges a new password of somebody who is known by `names` (NIST SP 800-63B-4 §3.1.1.2): long enough, and not what
/// comes to mind first. No rule asks for kinds of characters.
///
/// # Errors
/// The first reason not to take it.
pub fn judge(password: &str, names: &[&str], minimum: u32) -> Result<(), Weakness> {
    let length = password.chars().count();
    let too_short = usize::try_from(minimum).is_ok_and(|minimum| length < minimum);
    match () {
        () if password.is_empty() => Err(Weakness::Missing),
        () if too_short => Err(Weakness::TooShort { minimum }),
        () if password.len() > LONGEST => Err(Weakness::TooLong),
        () if password.chars().any(char::is_control) => Err(Weakness::Untypable),
        () if is_personal(password, names) => Err(Weakness::Personal),
        () if is_simple(password) => Err(Weakness::Simple),
        () => Ok(()),
    }
}

/// What is left without the names, digits and signs is too little.
fn is_personal(password: &str, names: &[&str]) -> bool {
    let folded = password.to_lowercase();
    let own = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    let rest = own.filter(|part| part.chars().count() > 2).fold(folded.clone(), |rest, part| rest.replace(&part, ""));
    rest != folded && rest.chars().filter(|c| c.is_alphabetic()).count() < 5
}

/// A piece of up to four characters over and over, or every character next to the one before.
fn is_simple(password: &str) -> bool {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let repeats = |period: usize| letters.iter().zip(letters.iter().skip(period)).all(|(one, other)| one == other);
    let pairs = || letters.iter().zip(letters.iter().skip(1));
    let runs = pairs().filter(|(one, other)| (**one as u32).abs_diff(**other as u32) <= 1).count();
    (1..=4).any(repeats) || runs.saturating_add(2) >= letters.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nist_800_63b_3_1_1_2_length_counts_and_kinds_of_characters_do_not() {
        assert_eq!(judge("correct horse battery staple", &["ada", "ada@example.org"], 15), Ok(()));
        assert_eq!(judge("zwölf boxkämpfer jagen", &[], 15), Ok(()));
        assert_eq!(judge("short", &[], 15), Err(Weakness::TooShort { minimum: 15 }));
        assert_eq!(judge("", &[], 15), Err(Weakness::Missing));
        assert_eq!(judge("a bell \u{7} in the night", &[], 15), Err(Weakness::Untypable));
        assert_eq!(judge(&"x y".repeat(500), &[], 15), Err(Weakness::TooLong));
    }

    #[test]
    fn what_comes_to_mind_first_is_refused() {
        let names = ["lovelace", "ada.lovelace@example.org"];
        for bad in ["lovelace-1843-1843", "ada.lovelace@example.org", "Lovelace!Lovelace!"] {
            assert_eq!(judge(bad, &names, 15), Err(Weakness::Personal), "{bad}");
        }
        for bad in ["aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "abcdefghijklmnopq", "1234567890123456"] {
            assert_eq!(judge(bad, &names, 15), Err(Weakness::Simple), "{bad}");
        }
        assert_eq!(judge("lovelace engines run on steam", &names, 15), Ok(()));
    }
}
