//! Problems (RFC 9457).

use super::answer::{open, with_patches};
use crate::platform::http::faces::described;
use crate::platform::http::presented;
use crate::protocol::error::{ErrorCode, Face, OAuthError};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use serde_json::{Value, json};
use std::time::Duration;

/// A problem (RFC 9457 §3).
#[derive(Debug)]
pub struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
    more: Option<Box<(&'static str, Value)>>,
    challenge: Option<String>,
    retry_after: Option<u64>,
    allowed: Option<String>,
}

impl Problem {
    /// A problem with a status, a word for programs, and a sentence.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: None, challenge: None, retry_after: None, allowed: None }
    }

    /// Adds a member (§3.2).
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more = Some(Box::new((name, value)));
        self
    }

    /// When to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Nothing there, or nothing that this token may see.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "not found in your account")
    }

    /// A method that the path does not have (RFC 9110 §15.5.6).
    pub fn method_not_allowed(allowed: &str) -> Self {
        let mut problem = Self::new(405, "method_not_allowed", format!("method not allowed: {allowed}"));
        problem.allowed = Some(allowed.to_owned());
        problem
    }

    /// 412 (RFC 9110 §15.5.13)
    pub fn stale() -> Self {
        Self::new(412, "stale", "it was changed since you read it: read it again")
    }

    /// RFC 9470 §3
    pub fn not_fresh(fresh: Duration) -> Self {
        let mut problem = Self::new(401, "insufficient_user_authentication", "this requires a more recent sign-in");
        problem.challenge =
            Some(format!("error=\"insufficient_user_authentication\", max_age=\"{}\"", fresh.as_secs()));
        problem
    }

    /// A refusal of what was sent.
    pub fn refused(error: &OAuthError, reference: &str) -> Self {
        let status = error.status_at(Face::Resource);
        let mut problem = Self::new(status, error.code.as_str(), described(error, reference));
        problem.retry_after = (status == 503).then_some(2);
        problem
    }

    /// A refusal of the token (RFC 6750 §3.1); `scope` is what the API asks for.
    pub fn token_refused(error: &OAuthError, reference: &str, scope: &str) -> Self {
        let mut problem = Self::refused(error, reference);
        let is_of_token = error.code != ErrorCode::TemporarilyUnavailable;
        problem.challenge = is_of_token.then(|| presented::parameters(Some((error, reference)), Some(scope)));
        problem
    }

    /// No token at all (RFC 6750 §3.1).
    pub fn nobody(scope: &str) -> Self {
        let mut problem = Self::new(401, "unauthorized", format!("send an access token with the scope {scope}"));
        problem.challenge = Some(presented::parameters(None, Some(scope)));
        problem
    }

    pub fn answer(&self, issuer: &str) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let title = status.canonical_reason().unwrap_or_default();
        let mut body = json!({
            "type": "about:blank", "title": title, "status": self.status, "detail": self.detail, "code": self.code,
        });
        if let (Some(members), Some(more)) = (body.as_object_mut(), &self.more) {
            members.insert(more.0.to_owned(), more.1.clone());
        }
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(challenge) = &self.challenge {
            answer.insert_header((header::WWW_AUTHENTICATE, format!("Bearer realm=\"{issuer}\", {challenge}")));
        }
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allowed) = &self.allowed {
            answer.insert_header((header::ALLOW, allowed.as_str()));
        }
        let answer = open(answer.content_type("application/problem+json").body(body.to_string()));
        if self.status == 415 { with_patches(answer) } else { answer }
    }
}
