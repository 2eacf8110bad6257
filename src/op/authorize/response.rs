//! Authorization responses (RFC 6749 §4.1.2, §4.1.2.1, RFC 9207): written as text, so that the registered URI stays
//! byte for byte what it was.

use super::ReturnTo;
use crate::protocol::error::OAuthError;
use crate::protocol::response_type::ResponseMode;

/// The parameters of a response, in order.
pub type Members = Vec<(&'static str, String)>;

/// A response and its response mode.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse<'a> {
    return_to: &'a ReturnTo,
    members: Members,
}

impl<'a> AuthorizationResponse<'a> {
    /// A success: what was granted, then `state` and `iss`.
    pub fn success(return_to: &'a ReturnTo, granted: Members, issuer: &str) -> Self {
        let mut members = granted;
        members.extend(return_to.state().map(|state| ("state", state.to_owned())));
        members.push(("iss", issuer.to_owned()));
        Self { return_to, members }
    }

    /// A refusal: `error`, `error_description`, then `state` and `iss`.
    pub fn failure(return_to: &'a ReturnTo, error: &OAuthError, description: String, issuer: &str) -> Self {
        let members = vec![("error", error.code.as_str().to_owned()), ("error_description", description)];
        Self::success(return_to, members, issuer)
    }

    /// The redirect URL; `None` for a form.
    pub fn location(&self) -> Option<String> {
        let mut encoded = url::form_urlencoded::Serializer::new(String::new());
        encoded.extend_pairs(&self.members);
        let (uri, encoded) = (self.return_to.redirect_uri(), encoded.finish());
        match self.return_to.mode() {
            ResponseMode::Query => Some(append(uri, &encoded)),
            // A registered URI has no fragment of its own (RFC 6749 §3.1.2).
            ResponseMode::Fragment => Some(format!("{uri}#{encoded}")),
            ResponseMode::FormPost => None,
        }
    }

    pub fn members(&self) -> &[(&'static str, String)] {
        &self.members
    }

    pub fn return_to(&self) -> &ReturnTo {
        self.return_to
    }
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
