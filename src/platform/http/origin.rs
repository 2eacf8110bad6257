//! Whether a form post comes from our own pages: `Origin` and `Sec-Fetch-Site`, beside the CSRF token.

use actix_web::http::header::{HeaderMap, HeaderName, ORIGIN};

/// Whether a post may be ours. A foreign or `null` origin is not; without either header the token alone decides.
pub fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    if headers.get_all(ORIGIN).any(|value| value.as_bytes() != origin.as_bytes()) {
        return false;
    }
    let site = HeaderName::from_static("sec-fetch-site");
    headers.get_all(site).all(|value| matches!(value.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn ses_10_a_foreign_or_null_origin_is_refused_and_an_absent_one_passes() {
        for (name, value, expected) in [
            ("origin", "https://op.example", true),
            ("origin", "https://op.example.evil.example", false),
            ("origin", "null", false),
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("x-nothing", "x", true),
        ] {
            let request = TestRequest::default().insert_header((name, value)).to_http_request();
            assert_eq!(is_ours(request.headers(), "https://op.example"), expected, "{name}: {value}");
        }
    }
}
