//! What kind of token a `typ` header announces (RFC 8725 §3.11).

/// Which `typ` a token must carry. Compared as media types: case-insensitive, `application/` optional (RFC 7515 §4.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typ<'a> {
    /// Exactly this one, as in `at+jwt`, `dpop+jwt`, `logout+jwt`.
    Is(&'a str),
    OneOf(&'a [&'a str]),
    /// Absent or `JWT`, as for ID tokens and assertions of older specifications.
    Plain,
    /// Absent, `JWT` or this one, where a specification introduced its `typ` late.
    PlainOr(&'a str),
}

impl Typ<'_> {
    /// Whether a header's `typ` satisfies the rule.
    pub fn allows(self, found: Option<&str>) -> bool {
        match self {
            Self::Is(expected) => found.is_some_and(|found| same(found, expected)),
            Self::OneOf(expected) => found.is_some_and(|found| expected.iter().any(|typ| same(found, typ))),
            Self::Plain => found.is_none_or(|found| same(found, "JWT")),
            Self::PlainOr(expected) => found.is_none_or(|found| same(found, "JWT") || same(found, expected)),
        }
    }
}

fn same(found: &str, expected: &str) -> bool {
    short(found).eq_ignore_ascii_case(short(expected))
}

/// Without `application/`, unless another slash follows.
fn short(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((head, tail)) if head.eq_ignore_ascii_case(PREFIX) && !tail.contains('/') => tail,
        _ => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jwt_11_typ_is_compared_as_a_media_type() {
        for found in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
            assert!(Typ::Is("at+jwt").allows(Some(found)), "{found}");
        }
        for found in ["JWT", "dpop+jwt", "at+jwt ", "", "text/at+jwt", "application/x/at+jwt", "application/"] {
            assert!(!Typ::Is("at+jwt").allows(Some(found)), "{found}");
        }
        assert!(!Typ::Is("at+jwt").allows(None));
    }

    #[test]
    fn jwt_11_a_plain_token_is_no_typed_one() {
        assert!(Typ::Plain.allows(None) && Typ::Plain.allows(Some("jwt")));
        assert!(!Typ::Plain.allows(Some("at+jwt")));
        assert!(Typ::PlainOr("oauth-authz-req+jwt").allows(Some("oauth-authz-req+jwt")));
        assert!(!Typ::PlainOr("oauth-authz-req+jwt").allows(Some("logout+jwt")));
        assert!(Typ::OneOf(&["a", "b"]).allows(Some("B")) && !Typ::OneOf(&["a", "b"]).allows(None));
    }
}
