//! RFC 6749 §3.1, §4.1: the authorization endpoint.

use crate::support::relying_party::{REDIRECT_URI, web_app};
use crate::support::{Answer, TestOp, Tokens};
use reqwest::Method;
use serde_json::json;

on_both_stores! {
    async fn rfc6749_4_1_2_1_an_unproven_client_or_address_is_answered_by_a_page(op: TestOp) {
        let rp = op.web_app().await;
        for (request, error) in [
            (rp.request().with("client_id", "nobody"), "unauthorized_client"),
            (rp.request().with("client_id", &"x".repeat(2_000)), "unauthorized_client"),
            (rp.request().without("client_id"), "invalid_request"),
            (rp.request().without("redirect_uri"), "invalid_request"),
            (rp.request().with("redirect_uri", "https://evil.example/"), "invalid_request"),
            (rp.request().and("state", "twice"), "invalid_request"),
        ] {
            let answer = op.browser().open(&request.url()).await;
            assert_page(&answer, error);
        }
    }

    async fn rdr_01_a_redirect_uri_is_compared_byte_for_byte(op: TestOp) {
        let rp = op.web_app().await;
        for uri in [
            "https://rp.example/callback/",
            "https://rp.example/callback?x=1",
            "https://RP.example/callback",
            "https://rp.example:443/callback",
            "https://rp.example/a/../callback",
            "https://rp.example/%63allback",
            "http://rp.example/callback",
            "https://rp.example/callback#",
            "https://rp.example@evil.example/callback",
            "https://rp.example/callback\u{a0}",
            "//rp.example/callback",
            "javascript:alert(1)",
        ] {
            let answer = op.browser().open(&rp.request().with("redirect_uri", uri).url()).await;
            assert_page(&answer, "invalid_request");
        }
    }

    async fn rfc8252_7_3_a_native_app_listens_on_any_loopback_port(op: TestOp) {
        op.person("ada").await;
        let metadata = json!({"redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"});
        let mut rp = op.client(metadata).await;
        rp.redirect_uri = "http://127.0.0.1:49152/callback".into();
        let request = rp.request();
        let answer = op.browser().walk(&request.url()).await;
        assert!(answer.location().unwrap().starts_with("http://127.0.0.1:49152/callback?"));
        let code = answer.query()["code"].clone();
        rp.redeem(&code, &request).await.ok();
        rp.reregister(&op, json!({"redirect_uris": ["http://[::1]/callback"], "token_endpoint_auth_method": "none"}))
            .await;
        op.browser().open(&rp.request().with("redirect_uri", "http://[::1]:61023/callback").url()).await.ok();
        for uri in [
            "http://127.0.0.1:49152/callback",
            "http://[::1]:61023/other",
            "http://localhost:49152/callback",
            "http://127.0.0.1:1@evil.example/callback",
        ] {
            assert_page(&op.browser().open(&rp.request().with("redirect_uri", uri).url()).await, "invalid_request");
        }
    }

    async fn rfc6749_3_1_2_3_the_only_registered_address_may_stay_unsaid(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request().without("redirect_uri").with("scope", "profile").without("nonce");
        let answer = op.browser().walk(&request.url()).await;
        assert!(answer.location().unwrap().starts_with(REDIRECT_URI));
        let code = answer.query()["code"].clone();
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", &request.verifier)];
        let tokens = Tokens::of(rp.token(&form).await.ok());
        assert_eq!(tokens.id_token, "");
    }

    async fn rfc6749_4_1_2_state_comes_back_unchanged(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        for state in ["plain", "a b+c&d=e%20f#g", "ünïcödé ☃", &"long".repeat(500), "<script>\"'"] {
            let success = browser.walk(&rp.request().with("state", state).url()).await;
            assert_eq!(success.query()["state"], state);
            assert!(success.query().contains_key("code"));
            let refusal = browser.open(&rp.request().with("state", state).with("response_type", "token").url()).await;
            assert_eq!(refusal.query()["state"], state);
        }
        let without = browser.walk(&rp.request().without("state").url()).await;
        assert!(!without.query().contains_key("state"));
    }

    async fn rfc6749_3_1_2_the_query_of_a_registered_address_is_kept(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(json!({"redirect_uris": ["https://rp.example/callback?tenant=a%2Fb"]})).await;
        let answer = op.browser().walk(&rp.request().url()).await;
        assert!(answer.location().unwrap().starts_with("https://rp.example/callback?tenant=a%2Fb&code="));
    }

    async fn rfc6749_4_1_2_1_each_error_travels_to_the_client(op: TestOp) {
        let rp = op.web_app().await;
        let robot = op.client(json!({"redirect_uris": [REDIRECT_URI], "grant_types": ["client_credentials"]})).await;
        let silent = op.client(json!({"redirect_uris": [REDIRECT_URI], "response_types": []})).await;
        let narrow = op.client(json!({"redirect_uris": [REDIRECT_URI], "scope": "openid"})).await;
        for (request, error) in [
            (rp.request().without("response_type"), "invalid_request"),
            (rp.request().with("response_type", "token"), "unsupported_response_type"),
            (rp.request().with("response_mode", "carrier_pigeon"), "invalid_request"),
            (rp.request().with("response_type", "none"), "unauthorized_client"),
            (rp.request().with("claims", "[]"), "invalid_request"),
            (rp.request().with("claims", "{\"id_token\": {\"email\": 1}}"), "invalid_request"),
            (rp.request().with("scope", "openid a\"b"), "invalid_scope"),
            (rp.request().with("request", "x.y.z"), "invalid_request_object"),
            (rp.request().with("request_uri", "https://rp.example/r"), "request_uri_not_supported"),
            (rp.request().with("registration", "{}"), "registration_not_supported"),
            (robot.request(), "unauthorized_client"),
            (silent.request(), "unauthorized_client"),
            (narrow.request().with("scope", "openid email"), "invalid_scope"),
        ] {
            let answer = op.browser().open(&request.url()).await;
            answer.refused(303, error);
            assert!(answer.location().unwrap().starts_with(REDIRECT_URI), "{error}");
            assert!(!answer.query().contains_key("code") && answer.description().contains("LK-"), "{error}");
        }
    }

    async fn rfc6749_3_1_unknown_parameters_and_scopes_are_ignored(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request().and("utm_source", "mail").and("colour", "").with("scope", "openid unheard-of email");
        let tokens = rp.sign_in(&mut op.browser(), &request).await;
        assert_eq!(tokens.all["scope"], "openid email");
    }

    async fn rfc6749_3_1_a_post_from_another_site_goes_on_with_the_session(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let (mut browser, request) = (op.browser(), rp.request());
        browser.walk(&rp.request().url()).await;
        // A POST from another site brings no SameSite=Lax cookies: the GET after it does.
        let kept = std::mem::take(&mut browser.cookies);
        browser.headers = vec![("origin", "https://rp.example".into()), ("sec-fetch-site", "cross-site".into())];
        let fields: Vec<(&str, &str)> =
            request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.request(Method::POST, "/authorize", Some(&fields)).await;
        assert_eq!(answer.status, 303);
        browser.headers.clear();
        browser.cookies.extend(kept);
        let answer = browser.open(answer.location().unwrap()).await;
        rp.redeem(&answer.query()["code"], &request).await.ok();
    }

    async fn rfc6749_3_1_a_post_is_judged_like_a_get(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = op.browser();
        assert_page(&browser.post("/authorize", &[("client_id", "nobody")]).await, "unauthorized_client");
        let request = rp.request().with("response_type", "token");
        let fields: Vec<(&str, &str)> =
            request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/authorize", &fields).await.refused(303, "unsupported_response_type");
        let json = rp.raw(Method::POST, "/authorize").header("content-type", "application/json").body("{}");
        assert_eq!(Answer::of(json).await.status, 415);
    }

    async fn rdr_10_after_a_password_the_browser_is_sent_on_by_303(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        browser.open(&rp.request().url()).await;
        let form = browser.form();
        let csrf = form.hidden.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
        let fields = [("csrf", csrf.as_str()), ("username", "ada"), ("password", crate::support::people::PASSWORD)];
        let answer = browser.request(Method::POST, &form.action, Some(&fields)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (303, "no-store"));
    }

    async fn rdr_15_16_19_pages_are_framed_by_nobody_and_read_by_no_other_site(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        browser.headers = vec![("origin", "https://rp.example".into())];
        let sign_in = browser.open(&rp.request().url()).await;
        browser.headers.clear();
        let consent = browser.sign_in("ada", crate::support::people::PASSWORD).await;
        let error = op.browser().open(&rp.request().with("client_id", "nobody").url()).await;
        for answer in [sign_in, consent, error] {
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
            assert!(!answer.header("content-security-policy").contains("unsafe-inline"));
            assert_eq!(answer.header("x-frame-options"), "DENY");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("access-control-allow-origin"), "");
            assert!(
                !answer.body.contains("<script>")
                    && !answer.body.contains(" style=")
                    && !answer.body.contains(" onclick=")
            );
        }
    }

    async fn a_disabled_client_is_unknown(op: TestOp) {
        let rp = op.client(web_app()).await;
        op.browser().open(&rp.request().url()).await.ok();
        rp.set_enabled(&op, false).await;
        assert_page(&op.browser().open(&rp.request().url()).await, "unauthorized_client");
    }
}

#[track_caller]
fn assert_page(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.location()), (400, None), "{}", answer.body);
    assert_eq!(answer.error(), error);
    assert!(answer.header("content-type").starts_with("text/html") && answer.reference().starts_with("LK-"));
}
