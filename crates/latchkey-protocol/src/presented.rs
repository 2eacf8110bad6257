//! What a request presents at a protected resource (RFC 6750 §2): one reader for every such resource.

use super::confirmation::{Proof, unproven};
use super::error::{ErrorCode, OAuthError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    Nothing,
    /// Credentials of a scheme that is not read here: the answer is a challenge without an error (RFC 6750 §3.1).
    AnotherScheme,
    /// An access token, or another token of ours.
    Token(PresentedToken),
}

/// A token as it was presented: well formed, not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedToken {
    pub text: String,
    /// What the request proves beside it.
    pub proof: Proof,
}

impl PresentedToken {
    /// The text, for tokens that are never bound.
    ///
    /// # Errors
    /// `invalid_token` where it came with a proof that does not belong to it.
    pub fn bearer(&self) -> Result<&str, OAuthError> {
        if self.proof.fits(None) { Ok(&self.text) } else { Err(unproven()) }
    }
}

impl Presented {
    /// The token, if there is one.
    pub fn token(self) -> Option<PresentedToken> {
        match self {
            Self::Token(token) => Some(token),
            Self::Nothing | Self::AnotherScheme => None,
        }
    }
}

/// Where a request may carry a token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carried<'a> {
    /// Every Authorization header; `None` for one that is not text.
    pub authorization: &'a [Option<&'a str>],
    /// Whether the query has a member `access_token`.
    pub in_query: bool,
    /// The member `access_token` of a form, where the resource takes one (RFC 6750 §2.2).
    pub in_form: Option<&'a str>,
}

/// Reads the one token of a request.
///
/// # Errors
/// `invalid_request` (RFC 6750 §3.1) for a token in the query (RFC 9700 §4.3.2), more than one header or more than one
/// way, and anything that is no `b64token`.
pub fn read(carried: Carried<'_>) -> Result<Presented, OAuthError> {
    if carried.in_query {
        return Err(refuse("an access token in the query is not accepted, send it in the Authorization header")
            .clause("RFC 9700 §4.3.2"));
    }
    let header = match carried.authorization {
        [] => None,
        [Some(header)] => Some(*header),
        [None] => return Err(refuse("the Authorization header is not text")),
        _ => return Err(refuse("more than one Authorization header")),
    };
    match (header.map(bearer), carried.in_form) {
        (Some(_), Some(_)) => Err(refuse("the access token was sent in more than one way").clause("RFC 6750 §2")),
        (Some(None), None) => Ok(Presented::AnotherScheme),
        (Some(Some(text)), None) | (None, Some(text)) => token(text),
        (None, None) => Ok(Presented::Nothing),
    }
}

/// What follows `Bearer`, which is written in any case (RFC 9110 §11.1), and one or more spaces.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    scheme.eq_ignore_ascii_case("Bearer").then(|| rest.trim_matches(' '))
}

/// `b64token` (RFC 6750 §2.1).
fn token(text: &str) -> Result<Presented, OAuthError> {
    let body = text.trim_end_matches('=');
    if body.is_empty() || !body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)) {
        return Err(refuse("the access token is missing or has invalid characters"));
    }
    Ok(Presented::Token(PresentedToken { text: text.to_owned(), proof: Proof::Bearer }))
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("RFC 6750 §2.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(header: Option<&str>, in_query: bool, in_form: Option<&str>) -> Result<Presented, ErrorCode> {
        let headers: Vec<_> = header.into_iter().map(Some).collect();
        read(Carried { authorization: &headers, in_query, in_form }).map_err(|error| error.code)
    }

    fn bearer(text: &str) -> Result<Presented, ErrorCode> {
        Ok(Presented::Token(PresentedToken { text: text.into(), proof: Proof::Bearer }))
    }

    #[test]
    fn rfc6750_2_a_token_comes_in_the_header_or_in_the_form() {
        assert_eq!(presented(Some("Bearer abc.def"), false, None), bearer("abc.def"));
        assert_eq!(presented(Some("bearer  abc"), false, None), bearer("abc"));
        assert_eq!(presented(Some("BEARER abc=="), false, None), bearer("abc=="));
        assert_eq!(presented(None, false, Some("abc")), bearer("abc"));
    }

    #[test]
    fn rfc6750_3_1_another_scheme_is_no_error_and_no_token() {
        assert_eq!(presented(None, false, None), Ok(Presented::Nothing));
        for header in ["Basic YTpi", "Bearerx abc", "", "DPoP abc"] {
            assert_eq!(presented(Some(header), false, None), Ok(Presented::AnotherScheme), "{header:?}");
        }
    }

    #[test]
    fn rfc6750_2_two_ways_at_once_and_malformed_tokens_are_invalid_request() {
        assert_eq!(presented(Some("Bearer a"), false, Some("a")), Err(ErrorCode::InvalidRequest));
        assert_eq!(presented(Some("Basic YTpi"), false, Some("a")), Err(ErrorCode::InvalidRequest));
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer ü", "Bearer a=b"] {
            assert_eq!(presented(Some(header), false, None), Err(ErrorCode::InvalidRequest), "{header}");
        }
        let two = [Some("Bearer a"), Some("Bearer a")];
        for headers in [&two[..], &[None]] {
            assert!(read(Carried { authorization: headers, ..Carried::default() }).is_err(), "{headers:?}");
        }
    }

    #[test]
    fn tok_17_a_token_in_the_query_is_refused_also_beside_a_good_one() {
        assert_eq!(presented(None, true, None), Err(ErrorCode::InvalidRequest));
        assert_eq!(presented(Some("Bearer a"), true, None), Err(ErrorCode::InvalidRequest));
    }
}
