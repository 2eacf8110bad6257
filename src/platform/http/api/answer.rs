//! Successful responses, and errors.

use super::Problem;
use crate::platform::error::Unavailable;
use crate::platform::http::cors;
use crate::protocol::error::OAuthError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// The media types of a patch (RFC 5789 §3.1, RFC 7396 §4).
const PATCHES: HeaderValue = HeaderValue::from_static("application/merge-patch+json, application/json");

/// Why a request failed: its token, the store, or its content.
#[derive(Debug)]
pub enum Stop {
    /// Recorded for `latchkey explain`, and answered as a problem.
    Refused(OAuthError),
    /// The same for the access token: answered with a challenge (RFC 6750 §3).
    Token(OAuthError),
    /// Answered as it is.
    Problem(Problem),
}

impl From<OAuthError> for Stop {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<Unavailable> for Stop {
    fn from(unavailable: Unavailable) -> Self {
        Self::Refused(unavailable.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What a handler of an API returns.
pub type Answer = Result<HttpResponse, Stop>;

/// An object, or a list of them.
pub fn object(body: &impl Serialize, etag: Option<&str>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(etag) = etag {
        answer.insert_header((header::ETAG, etag));
    }
    open(answer.json(body))
}

/// Done, and nothing to say.
pub fn done() -> HttpResponse {
    open(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// Any origin's scripts may read it, and its ETag.
pub(super) fn open(answer: HttpResponse) -> HttpResponse {
    let mut answer = cors::open(answer);
    let exposed = HeaderValue::from_static("ETag, WWW-Authenticate, Retry-After, Accept-Patch");
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    answer
}

/// Answers a preflight for these methods.
pub fn preflight(http: &HttpRequest, methods: &'static str) -> HttpResponse {
    cors::preflight_for(http, methods, "Authorization, Content-Type, If-Match")
}

/// Says what a patch may be sent as, where it came as something else.
pub(super) fn with_patches(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::HeaderName::from_static("accept-patch"), PATCHES);
    answer
}
