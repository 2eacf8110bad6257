//! The same password from every keyboard: the mappings of PRECIS OpaqueString (RFC 8265 §4.2).
//!
//! Its string class is not enforced: the tables are those of Unicode 6.3, so that a crab or a heart of today's phones
//! would be refused, and a password may hold any character that can be typed (NIST SP 800-63B).

use precis_core::profile::Rules as _;
use precis_profiles::OpaqueString;
use zeroize::Zeroizing;

/// The longest password in bytes, as typed and as normalised. More would make Argon2's first step a way to burn time.
pub const LONGEST: usize = 1024;

/// The form that is hashed: never cut, never case-folded. `None` for what no account can have.
pub(super) fn normalise(typed: &str) -> Option<Zeroizing<String>> {
    if typed.is_empty() || typed.len() > LONGEST || typed.chars().any(char::is_control) {
        return None;
    }
    let profile = OpaqueString::new();
    let spaced = Zeroizing::new(profile.additional_mapping_rule(typed).ok()?.into_owned());
    let normal = Zeroizing::new(profile.normalization_rule(spaced.as_str()).ok()?.into_owned());
    Some(normal).filter(|normal| normal.len() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        normalise(a).unwrap() == normalise(b).unwrap()
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        assert!(same("pass\u{e9}", "passe\u{301}"));
        assert!(same("a\u{a0}b\u{3000}c", "a b c"));
        assert!(!same("Password", "password"));
        assert!(!same("ﬁ", "fi"));
    }

    #[test]
    fn aut_02_long_passwords_are_permitted_up_to_a_bound() {
        assert!(normalise(&"x".repeat(64)).is_some() && normalise(&"🦀".repeat(64)).is_some());
        assert!(normalise("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}").is_some());
        assert!(normalise(&"x".repeat(LONGEST)).is_some());
        assert!(normalise(&"x".repeat(LONGEST + 1)).is_none());
        // U+0958 grows when it is normalised.
        assert!(normalise(&"\u{958}".repeat(LONGEST / 3)).is_none());
    }

    #[test]
    fn what_nobody_can_type_is_refused() {
        for typed in ["", "a\0b", "a\nb", "a\u{7f}"] {
            assert!(normalise(typed).is_none(), "{typed:?}");
        }
    }
}
