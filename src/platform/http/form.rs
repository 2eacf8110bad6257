//! Reading a form body into parameters.

use super::limits::{self, BodyError};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;

/// Reads an `application/x-www-form-urlencoded` body (RFC 6749 Appendix B) of at most 16 KiB.
///
/// # Errors
/// `invalid_request`, with 413, 408 or 415 where the body is too large, too slow or of another type.
pub async fn read(http: &HttpRequest, payload: Payload) -> Result<Params, OAuthError> {
    let refuse = |why: &str, status| ErrorCode::InvalidRequest.because(why).status(status);
    let content_type =
        http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(refuse("the body must be application/x-www-form-urlencoded", 415)
            .sent(content_type, "application/x-www-form-urlencoded"));
    }
    let read = async {
        limits::check_length(http.headers(), limits::FORM)?;
        limits::read(payload, limits::FORM, limits::BODY_TIME).await
    };
    let body = read.await.map_err(|error: BodyError| refuse(&error.to_string(), error.status().as_u16()))?;
    Params::parse(&body)
}
