//! The faces of a refusal: JSON, Bearer challenge. (Pages: `error_page`; redirects: `op::authorize`.)

use super::presented;
use crate::protocol::error::{ErrorCode, Face, OAuthError};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;

/// Seconds after which a request that could not be served may be sent again.
const RETRY_AFTER: u64 = 2;

/// A refusal as JSON (RFC 6749 §5.2); the reference is at the end of the description.
pub fn json(face: Face, error: &OAuthError, reference: &str) -> HttpResponse {
    let status = StatusCode::from_u16(error.status_at(face)).unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer = HttpResponse::build(status);
    no_store(&mut answer);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.insert_header((header::RETRY_AFTER, RETRY_AFTER));
    }
    answer.json(serde_json::json!({ "error": error.code.as_str(), "error_description": described(error, reference) }))
}

/// A refusal of client authentication: 401 with the Basic challenge where the header was used (RFC 6749 §5.2).
pub fn client_challenge(error: &OAuthError, reference: &str, issuer: &str) -> HttpResponse {
    let mut answer = json(Face::Client, error, reference);
    if let Ok(value) = header::HeaderValue::from_str(&format!("Basic realm=\"{issuer}\", charset=\"UTF-8\"")) {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    answer
}

/// A refusal of an access token: a Bearer challenge (RFC 6750 §3). Without a token there is no error to tell.
pub fn bearer(error: Option<(&OAuthError, &str)>, issuer: &str) -> HttpResponse {
    let value = presented::challenge(error, None, issuer);
    let Some((error, reference)) = error else { return challenged(HttpResponse::Unauthorized(), value).finish() };
    if error.code == ErrorCode::TemporarilyUnavailable {
        return json(Face::Resource, error, reference);
    }
    let description = described(error, reference);
    let status = StatusCode::from_u16(error.status_at(Face::Resource)).unwrap_or(StatusCode::UNAUTHORIZED);
    challenged(HttpResponse::build(status), value)
        .json(serde_json::json!({ "error": error.code.as_str(), "error_description": description }))
}

fn challenged(mut answer: actix_web::HttpResponseBuilder, value: String) -> actix_web::HttpResponseBuilder {
    no_store(&mut answer);
    answer.insert_header((header::WWW_AUTHENTICATE, value));
    answer
}

/// A success that must not be cached (RFC 6749 §5.1).
pub fn ok(body: &impl Serialize) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    no_store(&mut answer);
    answer.json(body)
}

/// A success that is a JWT (RFC 7519 §10.3.1).
pub fn jwt(token: String) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    no_store(&mut answer);
    answer.content_type("application/jwt").body(token)
}

/// The description for the client, with the reference at its end.
pub fn described(error: &OAuthError, reference: &str) -> String {
    format!("{} ({reference})", error.description)
}

fn no_store(answer: &mut actix_web::HttpResponseBuilder) {
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
}
