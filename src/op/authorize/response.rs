//! Authorization responses (RFC 6749 §4.1.2, §4.1.2.1, RFC 9207): written as text, so that the registered URI stays
//! byte for byte what it was.

use super::ReturnTo;
use crate::protocol::error::OAuthError;

/// The URL of a success: `code`, `state`, `iss`.
pub fn success(return_to: &ReturnTo, code: &str, issuer: &str) -> String {
    with_query(return_to, &[("code", code)], issuer)
}

/// The URL of a refusal: `error`, `error_description`, `state`, `iss`.
pub fn failure(return_to: &ReturnTo, error: &OAuthError, description: &str, issuer: &str) -> String {
    with_query(return_to, &[("error", error.code.as_str()), ("error_description", description)], issuer)
}

fn with_query(return_to: &ReturnTo, members: &[(&str, &str)], issuer: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(members);
    if let Some(state) = return_to.state() {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    append(return_to.redirect_uri(), &query.finish())
}

/// Adds a query to a URI that may have one (RFC 6749 §3.1.2).
pub fn append(uri: &str, query: &str) -> String {
    let separator = if !uri.contains('?') {
        "?"
    } else if uri.ends_with(['?', '&']) {
        ""
    } else {
        "&"
    };
    format!("{uri}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn rfc6749_3_1_2_the_registered_query_is_kept() {
        for (uri, expected) in [
            ("https://rp.example", "https://rp.example?a=b"),
            ("https://rp.example/cb?x=1", "https://rp.example/cb?x=1&a=b"),
            ("https://rp.example/cb?", "https://rp.example/cb?a=b"),
            ("com.example.app:/cb", "com.example.app:/cb?a=b"),
        ] {
            assert_eq!(append(uri, "a=b"), expected);
        }
    }
}
