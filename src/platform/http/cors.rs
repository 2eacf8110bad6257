//! Cross-origin requests (Fetch §3.2) of endpoints that scripts call without cookies: any origin may, since nothing is
//! answered on the strength of what a browser adds by itself.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

/// The headers of every endpoint that scripts call.
pub const USUAL: &str = "Authorization, Content-Type";
/// The maximum number of header names in a preflight, and of their bytes.
const MOST_NAMES: usize = 32;
const LONGEST_NAMES: usize = 1024;

/// How long a browser may keep the answer to a preflight, in seconds.
const KEPT: &str = "7200";

/// Lets scripts of every origin read an answer. Credentials stay out: `*` never goes with them.
pub fn open(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate, Retry-After"));
    answer
}

pub async fn preflight(http: HttpRequest) -> HttpResponse {
    preflight_for(&http, "GET, POST", USUAL)
}

/// The same for an endpoint of other methods, with the headers that it takes.
///
/// Whatever headers the browser asks for are allowed, within bounds: pages send those of their libraries too
/// (`X-Requested-With`, `traceparent`, `baggage`, `DPoP`), and what an endpoint does not know it passes over.
pub fn preflight_for(http: &HttpRequest, methods: &'static str, usual: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, allowed(http.headers(), usual)))
        .insert_header((header::VARY, "Access-Control-Request-Headers"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, KEPT));
    open(answer.finish())
}

/// `usual`, and what is asked for beyond it. `Authorization` must be named: `*` does not cover it.
fn allowed(headers: &HeaderMap, usual: &str) -> String {
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).and_then(|value| value.to_str().ok());
    let asked: Vec<&str> = asked.unwrap_or_default().split(',').map(str::trim).collect();
    let length: usize = asked.iter().map(|name| name.len()).sum();
    let is_bounded = asked.len() <= MOST_NAMES && length <= LONGEST_NAMES;
    let is_usual = |name: &str| usual.split(", ").any(|known| known.eq_ignore_ascii_case(name));
    let more = asked.into_iter().filter(|name| is_bounded && is_name(name) && !is_usual(name));
    std::iter::once(usual).chain(more).collect::<Vec<_>>().join(", ")
}

/// `field-name` (RFC 9110 §5.1).
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn asking(names: &str) -> String {
        let http = TestRequest::default().insert_header((header::ACCESS_CONTROL_REQUEST_HEADERS, names));
        let answer = preflight_for(&http.to_http_request(), "GET", USUAL);
        assert_eq!(answer.headers().get(header::VARY).unwrap(), "Access-Control-Request-Headers");
        answer.headers().get(header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn fetch_4_8_a_preflight_allows_what_the_browser_asks_for_within_bounds() {
        assert_eq!(
            asking("authorization,dpop, x-requested-with,traceparent,tracestate,baggage"),
            "Authorization, Content-Type, dpop, x-requested-with, traceparent, tracestate, baggage"
        );
        for odd in ["", ",", "a b", "a:b", "x;y"] {
            assert_eq!(asking(odd), USUAL, "{odd}");
        }
        let many = (0..33).map(|count| format!("x-{count}")).collect::<Vec<_>>().join(",");
        assert_eq!(asking(&many), USUAL);
        assert_eq!(asking(&"x".repeat(1025)), USUAL);
    }

    #[actix_web::test]
    async fn brw_01_a_preflight_opens_authorization_to_every_origin_without_credentials() {
        let answer = preflight(TestRequest::default().to_http_request()).await;
        let text = |name| answer.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(answer.status(), 204);
        assert_eq!(text(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
        assert!(text(header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap().contains("Authorization"));
        assert_eq!(text(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
    }
}
