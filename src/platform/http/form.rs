//! Reading a form body into parameters.

use super::limits::{self, BodyError};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;

const FORM: &str = "application/x-www-form-urlencoded";

/// Whether a request says that its body is a form.
pub fn is_form(http: &HttpRequest) -> bool {
    content_type(http).split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}

fn content_type(http: &HttpRequest) -> &str {
    http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Reads an `application/x-www-form-urlencoded` body (RFC 6749 Appendix B) of at most 16 KiB.
///
/// # Errors
/// `invalid_request`, with 413, 408 or 415 where the body is too large, too slow or of another type.
pub async fn read(http: &HttpRequest, payload: Payload) -> Result<Params, OAuthError> {
    let refuse = |why: &str, status| ErrorCode::InvalidRequest.because(why).status(status);
    if !is_form(http) {
        return Err(refuse("the body must be application/x-www-form-urlencoded", 415).sent(content_type(http), FORM));
    }
    let read = async {
        limits::check_length(http.headers(), limits::FORM)?;
        limits::read(payload, limits::FORM, limits::BODY_TIME).await
    };
    let body = read.await.map_err(|error: BodyError| refuse(&error.to_string(), error.status().as_u16()))?;
    Params::parse(&body)
}
