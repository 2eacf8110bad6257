//! Scopes, in the order they were asked for (RFC 6749 §3.3).

use super::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};

/// At most so many scopes in one request.
const MAX_SCOPES: usize = 64;

/// An ordered set of scope tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scope(Vec<String>);

impl Scope {
    /// Parses a space separated list; a token that is named twice counts once.
    ///
    /// # Errors
    /// `invalid_scope` for a character outside of RFC 6749 §3.3 or more than 64 tokens.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        if let Some(bad) = text.chars().find(|c| !is_scope_character(*c) && *c != ' ') {
            return Err(ErrorCode::InvalidScope
                .because(format!(
                    "scope has the character {:?}, which RFC 6749 section 3.3 does not allow",
                    bad.escape_unicode().to_string()
                ))
                .clause("RFC 6749 §3.3"));
        }
        let scope = Self::from(text.to_owned());
        if scope.0.len() > MAX_SCOPES {
            return Err(ErrorCode::InvalidScope
                .because(format!("more than {MAX_SCOPES} scopes"))
                .clause("RFC 6749 §3.3"));
        }
        Ok(scope)
    }

    /// Whether a token is in the set.
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|known| known == token)
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every token of this set is in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.iter().all(|token| other.contains(token))
    }

    /// This set's tokens that `keep` accepts.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|token| keep(token)).cloned().collect())
    }

    /// This set followed by what `other` adds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }
}

fn is_scope_character(c: char) -> bool {
    matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e')
}

impl From<String> for Scope {
    fn from(text: String) -> Self {
        text.split(' ').filter(|token| !token.is_empty()).collect()
    }
}

impl<'a> FromIterator<&'a str> for Scope {
    fn from_iter<I: IntoIterator<Item = &'a str>>(tokens: I) -> Self {
        let mut scope = Self::default();
        for token in tokens {
            if !scope.contains(token) {
                scope.0.push(token.to_owned());
            }
        }
        scope
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6749_3_3_order_is_kept_and_repetition_counts_once() {
        assert_eq!(Scope::parse("openid api  openid offline_access").unwrap().to_string(), "openid api offline_access");
    }

    #[test]
    fn rfc6749_3_3_other_characters_are_invalid_scope() {
        for bad in ["a\"b", "a\\b", "a\tb", "ä"] {
            assert_eq!(Scope::parse(bad).unwrap_err().code, ErrorCode::InvalidScope, "{bad}");
        }
    }

    #[test]
    fn a_set_is_within_another_or_not() {
        let wide = Scope::parse("openid email").unwrap();
        assert!(Scope::parse("email").unwrap().is_within(&wide));
        assert!(!Scope::parse("email phone").unwrap().is_within(&wide));
    }

    fn tokens() -> impl proptest::strategy::Strategy<Value = Scope> {
        use proptest::strategy::Strategy as _;
        "([a-e]{1,2} {1,2}){0,8}".prop_map(Scope::from)
    }

    proptest::proptest! {
        #[test]
        fn rfc6749_3_3_a_scope_is_a_set_in_order_that_is_written_as_it_is_read(text in "[ -~]{0,40}|.{0,10}") {
            let allowed = text.chars().all(|c| c == ' ' || is_scope_character(c));
            proptest::prop_assert_eq!(Scope::parse(&text).is_ok(), allowed);
            let Ok(scope) = Scope::parse(&text) else { return Ok(()) };
            proptest::prop_assert_eq!(&Scope::parse(&scope.to_string()).unwrap(), &scope);
            let mut seen = std::collections::BTreeSet::new();
            proptest::prop_assert!(scope.iter().all(|token| !token.is_empty() && seen.insert(token)));
            proptest::prop_assert!(text.split(' ').filter(|token| !token.is_empty()).all(|token| scope.contains(token)));
        }

        #[test]
        fn sets_are_within_their_union_and_hold_what_is_filtered_from_them(one in tokens(), other in tokens()) {
            let both = one.union(&other);
            proptest::prop_assert!(one.is_within(&both) && other.is_within(&both));
            proptest::prop_assert!(both.iter().all(|token| one.contains(token) || other.contains(token)));
            let common = one.filter(|token| other.contains(token));
            proptest::prop_assert!(common.is_within(&one) && common.is_within(&other));
            proptest::prop_assert_eq!(common == one, one.is_within(&other));
        }
    }
}
