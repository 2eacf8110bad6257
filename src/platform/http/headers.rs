//! The security headers of every answer.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// For responses that are not pages: nothing is loaded, and nobody may frame them.
const DEFAULT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

static ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        header::PERMISSIONS_POLICY,
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
    ),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// Two years (RFC 6797 §6.1.1), in seconds. Other names below our domain are not ours to bind.
const TRANSPORT: &str = "max-age=63072000";

/// The `Allow` of a 405 (RFC 9110 §10.2.1): whatever takes GET takes HEAD.
pub fn allow(methods: &'static str) -> HeaderValue {
    let has = |wanted: &str| methods.split(", ").any(|method| method == wanted);
    let whole = if has("GET") && !has("HEAD") { methods.replacen("GET", "GET, HEAD", 1) } else { methods.to_owned() };
    HeaderValue::from_str(&whole).unwrap_or(HeaderValue::from_static("GET"))
}

/// Adds the security headers; what an answer has set by itself stays.
#[derive(Debug, Clone, Copy)]
pub struct SecurityHeaders {
    https: bool,
}

impl SecurityHeaders {
    /// HSTS is sent only where the issuer is https (RFC 6797 §7.2).
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// Lets a page keep the window that opened it, and be kept by that one: products sign in in a popup.
    pub fn keep_opener(headers: &mut HeaderMap) {
        add(headers, &header::CROSS_ORIGIN_OPENER_POLICY, "unsafe-none");
    }

    /// Completes the headers of an answer.
    pub fn complete(self, headers: &mut HeaderMap) {
        headers.reserve(ALWAYS.len() + 3);
        for (name, value) in &ALWAYS {
            add(headers, name, value);
        }
        if self.https {
            add(headers, &header::STRICT_TRANSPORT_SECURITY, TRANSPORT);
        }
        add(headers, &header::CONTENT_SECURITY_POLICY, DEFAULT_POLICY);
        // Old browsers know only this one; a page that may be framed says so in its policy.
        if forbids_framing(headers) {
            add(headers, &header::X_FRAME_OPTIONS, "DENY");
        }
    }
}

fn add(headers: &mut HeaderMap, name: &HeaderName, value: &'static str) {
    if !headers.contains_key(name) {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
}

fn forbids_framing(headers: &HeaderMap) -> bool {
    let mut policies = headers.get_all(header::CONTENT_SECURITY_POLICY);
    let forbids = |policy: &HeaderValue| {
        let text = policy.to_str().unwrap_or_default();
        text == DEFAULT_POLICY || text.split(';').any(|directive| directive.trim() == "frame-ancestors 'none'")
    };
    policies.any(forbids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(https: bool, own: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in own {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        SecurityHeaders::new(https).complete(&mut headers);
        headers
    }

    fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn every_answer_carries_the_security_headers() {
        let headers = complete(true, &[]);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(text(&headers, name), Some(value), "{name}");
        }
        assert!(headers.contains_key("permissions-policy"));
    }

    #[test]
    fn rfc9110_9_1_what_takes_get_takes_head() {
        for (methods, allowed) in
            [("GET", "GET, HEAD"), ("GET, POST", "GET, HEAD, POST"), ("GET, HEAD", "GET, HEAD"), ("POST", "POST")]
        {
            assert_eq!(allow(methods), allowed);
        }
    }

    #[test]
    fn plain_http_promises_no_https() {
        assert_eq!(text(&complete(false, &[]), "strict-transport-security"), None);
    }

    #[test]
    fn what_an_answer_set_stays() {
        let page = "default-src 'none'; frame-ancestors 'none'; style-src 'self'";
        let headers =
            complete(true, &[(header::CONTENT_SECURITY_POLICY, page), (header::REFERRER_POLICY, "no-referrer")]);
        assert_eq!(text(&headers, "content-security-policy"), Some(page));
        assert_eq!(text(&headers, "referrer-policy"), Some("no-referrer"));
        assert_eq!(text(&headers, "x-frame-options"), Some("DENY"));
        assert_eq!(headers.get_all("content-security-policy").count(), 1);
    }

    #[test]
    fn a_page_that_may_be_framed_says_so_in_its_policy() {
        let headers = complete(true, &[(header::CONTENT_SECURITY_POLICY, "default-src 'none'; script-src 'self'")]);
        assert_eq!(text(&headers, "x-frame-options"), None);
    }
}
