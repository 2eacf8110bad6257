//! The token of a request to a protected resource (RFC 6750 §2), and the challenge that answers what is wrong with it.

use super::faces::described;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::presented::{Carried, Presented, read};
use actix_web::HttpRequest;
use actix_web::http::header;

/// Reads the token of a request; `form` is its body, where the resource takes tokens in a form.
///
/// # Errors
/// `invalid_request` (RFC 6750 §3.1).
pub fn presented(http: &HttpRequest, form: Option<&Params>) -> Result<Presented, OAuthError> {
    let headers: Vec<_> = http.headers().get_all(header::AUTHORIZATION).map(|value| value.to_str().ok()).collect();
    let query = url::form_urlencoded::parse(http.query_string().as_bytes());
    read(Carried {
        authorization: &headers,
        in_query: query.into_iter().any(|(name, _)| name == "access_token"),
        in_form: form.and_then(|form| form.find("access_token")),
    })
}

/// The value of `WWW-Authenticate` (RFC 6750 §3): the realm, then [`parameters`].
pub fn challenge(error: Option<(&OAuthError, &str)>, scope: Option<&str>, issuer: &str) -> String {
    let parameters = parameters(error, scope);
    let separator = if parameters.is_empty() { "" } else { ", " };
    format!("Bearer realm=\"{issuer}\"{separator}{parameters}")
}

/// What a challenge says beside its realm. Without a token there is no error to tell; `scope` is what would have been
/// accepted, where the error does not name it.
pub fn parameters(error: Option<(&OAuthError, &str)>, scope: Option<&str>) -> String {
    let Some((error, reference)) = error else {
        return scope.map(|scope| format!("scope=\"{scope}\"")).unwrap_or_default();
    };
    let told = format!("error=\"{}\", error_description=\"{}\"", error.code, described(error, reference));
    match (error.code, error.detail.expected.as_deref().or(scope)) {
        (ErrorCode::InsufficientScope, Some(scope)) => format!("{told}, scope=\"{scope}\""),
        _ => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn rfc6750_2_2_a_form_counts_only_where_the_resource_takes_one() {
        let http = TestRequest::default().to_http_request();
        let form: Params = [("access_token", "abc")].into_iter().collect();
        assert!(presented(&http, Some(&form)).unwrap().token().is_some());
        assert_eq!(presented(&http, None), Ok(Presented::Nothing));
        let http = TestRequest::with_uri("/?x=1&access_token=abc").to_http_request();
        assert_eq!(presented(&http, None).unwrap_err().code, ErrorCode::InvalidRequest);
    }

    #[test]
    fn rfc6750_3_a_challenge_names_the_realm_and_the_error() {
        let op = "https://op.example";
        assert_eq!(challenge(None, None, op), "Bearer realm=\"https://op.example\"");
        assert_eq!(challenge(None, Some("account"), op), "Bearer realm=\"https://op.example\", scope=\"account\"");
        let error = ErrorCode::InsufficientScope.because("no").sent("openid", "account");
        let expected = "Bearer realm=\"https://op.example\", error=\"insufficient_scope\", \
                        error_description=\"no (LK-1)\", scope=\"account\"";
        assert_eq!(challenge(Some((&error, "LK-1")), None, op), expected);
    }
}
