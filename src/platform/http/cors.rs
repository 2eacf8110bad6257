//! Cross-origin requests (Fetch §3.2) of endpoints that scripts call without cookies: any origin may, since nothing is
//! answered on the strength of what a browser adds by itself.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};

/// How long a browser may keep the answer to a preflight, in seconds.
const KEPT: &str = "7200";

/// Lets scripts of every origin read an answer. Credentials stay out: `*` never goes with them.
pub fn open(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate, Retry-After"));
    answer
}

/// Answers a preflight. `Authorization` must be named: `*` does not cover it.
pub async fn preflight() -> HttpResponse {
    preflight_for("GET, POST")
}

/// The same for an endpoint of other methods.
pub fn preflight_for(methods: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, KEPT));
    open(answer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn brw_01_a_preflight_opens_authorization_to_every_origin_without_credentials() {
        let answer = preflight().await;
        let text = |name| answer.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(answer.status(), 204);
        assert_eq!(text(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
        assert!(text(header::ACCESS_CONTROL_ALLOW_HEADERS).unwrap().contains("Authorization"));
        assert_eq!(text(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
    }
}
