//! What a writer saw of an object before changing it: pages and API name it by the same tags, and it is compared in the
//! transaction of the change, so that of two writers one is told.

use super::Problem;
use actix_web::http::header::{self, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

#[derive(Clone, Debug)]
pub struct Seen(Option<Vec<String>>);

impl Seen {
    /// Whatever is there: a page that shows all it changes, or `If-Match: *`.
    pub const fn whatever() -> Self {
        Self(None)
    }

    /// An object with one of these tags.
    pub const fn tagged(tags: Vec<String>) -> Self {
        Self(Some(tags))
    }

    /// An object at this version.
    pub fn version(version: i64) -> Self {
        Self(Some(vec![version.to_string()]))
    }

    /// Whether an object with this tag is what was seen.
    pub fn is(&self, tag: &str) -> bool {
        self.0.as_ref().is_none_or(|tags| tags.iter().any(|seen| seen == tag))
    }

    /// Whether an object at this version is what was seen.
    pub fn is_version(&self, version: i64) -> bool {
        self.is(&version.to_string())
    }
}

/// The tag of an object, made of what of it can change.
pub fn tag(object: &impl Serialize) -> String {
    let hash = Sha256::digest(json!(object).to_string());
    URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default())
}

/// A tag as the header has it (RFC 9110 §8.8.3).
pub fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// The ETag of a version.
pub fn versioned(version: i64) -> String {
    format!("\"{version}\"")
}

/// What `If-Match` says was seen, compared strongly: a weak tag, or none of ours, matches nothing. `*` matches whatever
/// is there (RFC 9110 §13.1.1).
///
/// # Errors
/// 428 where it is missing (RFC 6585 §3): a change names the version that was read.
pub fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    let lines = headers.get_all(header::IF_MATCH).filter_map(|value| value.to_str().ok());
    let sent: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|tag| !tag.is_empty()).collect();
    if sent.is_empty() {
        return Err(Problem::new(428, "if_match_required", "send If-Match with the ETag of what you read"));
    }
    if sent == ["*"] {
        return Ok(Seen::whatever());
    }
    let strong = |tag: &str| Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    Ok(Seen::tagged(sent.into_iter().filter_map(strong).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_of_the_tags_that_were_seen_is_enough_and_a_page_needs_none() {
        let seen = Seen::tagged(vec!["a".into(), "b".into()]);
        assert!(seen.is("b") && !seen.is("c") && !Seen::tagged(Vec::new()).is("a") && Seen::whatever().is("c"));
        assert_ne!(tag(&("a", 1)), tag(&("a", 2)));
    }

    #[test]
    fn rfc9110_13_1_1_a_version_is_named_strongly_or_not_at_all_and_a_star_is_whatever_is_there() {
        let sent = |text: &str| {
            let request = TestRequest::default().insert_header((header::IF_MATCH, text)).to_http_request();
            seen(request.headers()).ok()
        };
        let matches = |text: &str, version: i64| sent(text).map(|seen| seen.is_version(version));
        assert_eq!((matches("\"3\"", 3), matches("\"3\"", 4)), (Some(true), Some(false)));
        assert_eq!(matches("\"x\", \"4\"", 4), Some(true));
        assert_eq!(matches("W/\"3\"", 3), Some(false));
        assert_eq!((matches("*", 3), matches("*", 4)), (Some(true), Some(true)));
        assert_eq!(matches("*, \"3\"", 4), Some(false), "a star stands alone");
        assert!(seen(&HeaderMap::new()).is_err() && sent("").is_none());
    }
}
