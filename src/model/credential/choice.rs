//! Judges a password that a person chooses.

use super::common;
use crate::platform::config;
use crate::platform::error::Unavailable;
use crate::platform::password::{LONGEST, PasswordError, Passwords, breached};
use crate::platform::secret::Secret;

/// So many characters are estimated: the estimate's cost grows faster than the length.
const ESTIMATED: usize = 100;

/// Why a password is not taken, in words for programs and operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("is empty")]
    Missing,
    /// Fewer characters than `password.minimum_length`.
    #[error("has fewer than {minimum} characters")]
    TooShort {
        /// The required number of characters.
        minimum: u32,
    },
    /// Over 1024 bytes.
    #[error("is longer than 1024 bytes")]
    TooLong,
    /// It contains characters that cannot be typed.
    #[error("contains characters that cannot be typed")]
    Untypable,
    /// It is little more than the person's own name or address.
    #[error("is little more than the person's own name or address")]
    Personal,
    /// One character or a short piece over and over, or a run such as `abcdef`.
    #[error("repeats itself, or is a run such as abcdef")]
    Simple,
    /// Among the most common ones, or in a known breach.
    #[error("is common or was found in a data breach, so attackers try it first")]
    Common,
    /// Below `password.minimum_strength`.
    #[error("is easy to guess: a few unrelated words are better")]
    Guessable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It may be taken.
    Good,
    Weak(Weakness),
    /// Too many passwords wait to be judged or hashed: try again shortly.
    Busy,
}

/// Judges a new password of somebody who is known by `names` (NIST SP 800-63B-4 §3.1.1.2): long enough, not what
/// comes to mind first, in no known breach, and not soon guessed. No rule asks for kinds of characters. What takes
/// longer is done by the workers that hash.
///
/// # Errors
/// When the range files of breached passwords cannot be read: what cannot be confirmed is not taken.
pub async fn judge(
    passwords: &Passwords,
    rules: &config::Password,
    password: &Secret<String>,
    names: &[&str],
) -> Result<Judged, Unavailable> {
    if let Err(weakness) = look(password.expose(), names, rules.minimum_length) {
        return Ok(Judged::Weak(weakness));
    }
    let (rules, password) = (rules.clone(), password.clone());
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let thought = passwords.beside(move || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        think(password.expose(), &names, &rules)
    });
    match thought.await {
        Ok(Ok(None)) => Ok(Judged::Good),
        Ok(Ok(Some(weakness))) => Ok(Judged::Weak(weakness)),
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot read password.breached_directory: new passwords are refused");
            Err(Unavailable::new(error))
        }
        Err(PasswordError::Busy { .. }) => Ok(Judged::Busy),
        Err(error) => Err(Unavailable::new(error)),
    }
}

/// The same for a command, which warns and never refuses; it waits for nobody.
///
/// # Errors
/// When the range files of breached passwords cannot be read.
pub fn weigh(password: &str, names: &[&str], rules: &config::Password) -> std::io::Result<Option<Weakness>> {
    match look(password, names, rules.minimum_length) {
        Ok(()) => think(password, names, rules),
        Err(weakness) => Ok(Some(weakness)),
    }
}

/// What takes no time.
fn look(password: &str, names: &[&str], minimum: u32) -> Result<(), Weakness> {
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

/// What takes milliseconds, or a file.
fn think(password: &str, names: &[&str], rules: &config::Password) -> std::io::Result<Option<Weakness>> {
    if common::is_common(password) {
        return Ok(Some(Weakness::Common));
    }
    if is_guessable(password, names, rules.minimum_strength) {
        return Ok(Some(Weakness::Guessable));
    }
    let is_breached = match &rules.breached_directory {
        Some(directory) => breached::holds(directory, password)?,
        None => false,
    };
    Ok(is_breached.then_some(Weakness::Common))
}

fn is_guessable(password: &str, names: &[&str], minimum: u32) -> bool {
    let begin: String = password.chars().take(ESTIMATED).collect();
    let parts = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let known: Vec<&str> = names.iter().copied().chain(parts).filter(|name| !name.is_empty()).collect();
    minimum > 0 && u32::from(u8::from(zxcvbn::zxcvbn(&begin, &known).score())) < minimum
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

    fn weighed(password: &str, names: &[&str]) -> Option<Weakness> {
        weigh(password, names, &config::Password::default()).unwrap()
    }

    #[test]
    fn nist_800_63b_3_1_1_2_length_counts_and_kinds_of_characters_do_not() {
        assert_eq!(weighed("correct horse battery staple", &["ada", "ada@example.org"]), None);
        assert_eq!(weighed("zwölf boxkämpfer jagen", &[]), None);
        assert_eq!(weighed("short", &[]), Some(Weakness::TooShort { minimum: 15 }));
        assert_eq!(weighed("", &[]), Some(Weakness::Missing));
        assert_eq!(weighed("a bell \u{7} in the night", &[]), Some(Weakness::Untypable));
        assert_eq!(weighed(&"x y".repeat(500), &[]), Some(Weakness::TooLong));
    }

    #[test]
    fn what_comes_to_mind_first_is_refused() {
        let names = ["lovelace", "ada.lovelace@example.org"];
        for bad in ["lovelace-1843-1843", "ada.lovelace@example.org", "Lovelace!Lovelace!"] {
            assert_eq!(weighed(bad, &names), Some(Weakness::Personal), "{bad}");
        }
        for bad in ["aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "abcdefghijklmnopq", "1234567890123456"] {
            assert_eq!(weighed(bad, &names), Some(Weakness::Simple), "{bad}");
        }
        assert_eq!(weighed("lovelace engines run on steam", &names), None);
    }

    #[test]
    fn nist_800_63b_3_1_1_2_common_and_guessable_ones_are_refused() {
        for common in ["123456789123456789", "PASSWORDPASSWORD"] {
            let found = weighed(common, &[]);
            assert!(
                matches!(found, Some(Weakness::Common | Weakness::Guessable | Weakness::Simple)),
                "{common} {found:?}"
            );
        }
        let short = config::Password { minimum_length: 8, ..config::Password::default() };
        assert_eq!(weigh("Sunshine", &[], &short).unwrap(), Some(Weakness::Common));
        assert_eq!(weigh("password2019!", &[], &short).unwrap(), Some(Weakness::Guessable));
        assert_eq!(weigh("password2019!", &[], &config::Password { minimum_strength: 0, ..short }).unwrap(), None);
    }

    #[test]
    fn a_password_of_any_length_and_script_is_weighed() {
        for odd in
            ["🦀".repeat(200), "ß".repeat(150) + "x", "a\u{301}".repeat(99), "\u{202e}".repeat(20), "x y".repeat(300)]
        {
            let _ = weighed(&odd, &["\u{130}stanbul", "", "a@b"]);
        }
    }

    #[test]
    fn breached_passwords_that_nobody_can_look_up_are_an_error() {
        let rules = config::Password { breached_directory: Some("/nonexistent".into()), ..config::Password::default() };
        assert!(weigh("correct horse battery staple", &[], &rules).is_err());
    }
}
