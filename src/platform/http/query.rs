//! One reader of query strings, for pages and APIs that take a parameter or two. OAuth endpoints read theirs strictly
//! ([`crate::protocol::params::Params`]): a repeated parameter is an error there.

use actix_web::HttpRequest;

/// The first value of a parameter; an empty one counts as absent.
pub fn find(http: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(http.query_string().as_bytes());
    pairs.find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// Whether a parameter is set to `1`.
pub fn is_set(http: &HttpRequest, name: &str) -> bool {
    find(http, name).as_deref() == Some("1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_parameter_is_found_by_its_whole_name_and_decoded() {
        let http = TestRequest::with_uri("/a?xdone=1&done=a%2Fb+c&done=2&empty=&switch=1").to_http_request();
        assert_eq!(find(&http, "done").as_deref(), Some("a/b c"));
        assert_eq!((find(&http, "empty"), find(&http, "other")), (None, None));
        assert!(is_set(&http, "switch") && !is_set(&http, "done"));
    }
}
