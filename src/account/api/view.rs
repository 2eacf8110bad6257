//! Answers: objects with an ETag, and problems (RFC 9457).

use crate::account::seen::{Seen, tag};
use crate::platform::http::faces::described;
use crate::platform::http::{cors, presented};
use crate::protocol::claims::ACCOUNT;
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use serde::Serialize;
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
}

impl Problem {
    /// A problem with a status, a word for programs, and a sentence.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: None, challenge: None, retry_after: None }
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

    /// Nothing there, or nothing of this person's.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "there is nothing of yours at this address")
    }

    /// 412 (RFC 9110 §15.5.13)
    pub fn stale() -> Self {
        Self::new(412, "stale", "it was changed since that version: read it again")
    }

    /// RFC 9470 §3
    pub fn not_fresh(fresh: Duration) -> Self {
        let mut problem = Self::new(401, "insufficient_user_authentication", "this asks for a more recent sign-in");
        problem.challenge =
            Some(format!("error=\"insufficient_user_authentication\", max_age=\"{}\"", fresh.as_secs()));
        problem
    }

    /// A refusal of what was sent.
    pub fn refused(error: &OAuthError, reference: &str) -> Self {
        let mut problem = Self::new(error.status, error.code.as_str(), described(error, reference));
        problem.retry_after = (error.status == 503).then_some(2);
        problem
    }

    /// A refusal of the token (RFC 6750 §3.1).
    pub fn token_refused(error: &OAuthError, reference: &str) -> Self {
        let mut problem = Self::refused(error, reference);
        let is_of_token = error.code != ErrorCode::TemporarilyUnavailable;
        problem.challenge = is_of_token.then(|| presented::parameters(Some((error, reference)), Some(ACCOUNT)));
        problem
    }

    /// No token at all (RFC 6750 §3.1).
    pub fn nobody() -> Self {
        let mut problem = Self::new(401, "unauthorized", "send an access token with the scope account");
        problem.challenge = Some(presented::parameters(None, Some(ACCOUNT)));
        problem
    }

    /// The answer.
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
        open(answer.content_type("application/problem+json").body(body.to_string()))
    }
}

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
fn open(answer: HttpResponse) -> HttpResponse {
    let mut answer = cors::open(answer);
    let exposed = HeaderValue::from_static("ETag, WWW-Authenticate, Retry-After");
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    answer
}

/// The tag of a version.
pub fn versioned(version: i64) -> String {
    format!("\"{version}\"")
}

/// The tag of an object that counts no versions: of its content.
pub fn hashed(body: &impl Serialize) -> String {
    quoted(&tag(body))
}

/// A tag as the header has it (RFC 9110 §8.8.3).
pub fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// What `If-Match` says was seen. A weak tag, or none of ours, matches nothing.
///
/// # Errors
/// 428 where it is missing.
pub fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    let strong = |tag: &String| Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    Ok(Seen::tagged(if_match(headers)?.iter().filter_map(strong).collect()))
}

/// What `If-Match` names: a change asks for the very version that was read (RFC 9110 §13.1.1), compared strongly.
///
/// # Errors
/// 428 without it, or where it is `*`, which names none (RFC 6585 §3).
pub fn if_match(headers: &HeaderMap) -> Result<Vec<String>, Problem> {
    let lines = headers.get_all(header::IF_MATCH).filter_map(|value| value.to_str().ok());
    let tags: Vec<String> = lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).collect();
    if tags.is_empty() || tags.iter().any(|tag| tag == "*") {
        return Err(Problem::new(428, "if_match_required", "send If-Match with the ETag of what you read"));
    }
    Ok(tags)
}

/// The version that `If-Match` names, if it names one; `None` matches nothing.
pub fn named_version(tags: &[String]) -> Option<i64> {
    tags.iter().find_map(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn rfc9110_13_1_1_a_version_is_named_strongly_or_not_at_all() {
        let sent = |text: &str| {
            let request = TestRequest::default().insert_header((header::IF_MATCH, text)).to_http_request();
            if_match(request.headers()).ok().map(|tags| named_version(&tags))
        };
        assert_eq!(sent("\"3\""), Some(Some(3)));
        assert_eq!(sent("\"x\", \"4\""), Some(Some(4)));
        assert_eq!(sent("W/\"3\""), Some(None));
        assert_eq!(sent("*"), None);
        assert!(if_match(&HeaderMap::new()).is_err());
    }
}
