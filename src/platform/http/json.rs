//! Reading a JSON body.

use super::limits::{self, BodyError};
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, Payload};

const JSON: &str = "application/json";
/// RFC 7396 §4
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Reads a body that says it is `application/json`, or for a PATCH `application/merge-patch+json`, of at most `limit`
/// bytes. What is in it is the caller's to judge.
///
/// # Errors
/// `invalid_request`, with 413, 408 or 415 where the body is too large, too slow or of another type.
pub async fn read(http: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, OAuthError> {
    let refuse = |why: &str, status| ErrorCode::InvalidRequest.because(why).status(status);
    let content_type =
        http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_patch = http.method() == Method::PATCH && essence.eq_ignore_ascii_case(MERGE_PATCH);
    if !is_patch && !essence.eq_ignore_ascii_case(JSON) {
        return Err(refuse("the body must be application/json", 415).sent(content_type, JSON));
    }
    let read = async {
        limits::check_length(http.headers(), limit)?;
        limits::read(payload, limit, limits::BODY_TIME).await
    };
    read.await.map_err(|error: BodyError| refuse(&error.to_string(), error.status().as_u16()))
}
