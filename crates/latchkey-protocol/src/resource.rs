//! Resource indicators (RFC 8707 §2).

use super::error::{ErrorCode, OAuthError};
use url::Url;

/// At most so many resources in one request.
const MAX_RESOURCES: usize = 10;

/// Reads every `resource` parameter: absolute URIs without fragment.
///
/// # Errors
/// `invalid_target` as RFC 8707 §2 words it.
pub fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Result<Vec<String>, OAuthError> {
    let mut resources: Vec<String> = Vec::new();
    for value in values {
        if value.contains('#') || Url::parse(value).is_err() {
            return Err(refuse("resource must be an absolute URI without a fragment").sent(value, "an absolute URI"));
        }
        if resources.len() >= MAX_RESOURCES {
            return Err(refuse("too many resources"));
        }
        if !resources.iter().any(|known| known == value) {
            resources.push(value.to_owned());
        }
    }
    Ok(resources)
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidTarget.because(why).clause("RFC 8707 §2")
}

/// Whether two identifiers name the same resource: clients write origins with and without the last slash.
pub fn same(a: &str, b: &str) -> bool {
    a.strip_suffix('/').unwrap_or(a) == b.strip_suffix('/').unwrap_or(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8707_2_a_resource_is_an_absolute_uri_without_fragment() {
        assert_eq!(parse(["https://api.example", "https://api.example"].into_iter()).unwrap(), ["https://api.example"]);
        for bad in ["api", "/api", "https://api.example#x"] {
            assert_eq!(parse([bad].into_iter()).unwrap_err().code, ErrorCode::InvalidTarget, "{bad}");
        }
    }
}
