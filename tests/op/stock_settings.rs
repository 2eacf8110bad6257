//! What products send in their stock settings, beyond what a specification's own file covers: HEAD, popups, password
//! managers, and registrations that ask for more than there is.

use crate::support::registrar::{plain, register, registered, with};
use crate::support::relying_party::web_app;
use crate::support::wire::Raw;
use crate::support::{Answer, Setup, TestOp};
use reqwest::Method;
use serde_json::json;

on_both_stores! {
    async fn rfc9110_9_1_head_is_answered_wherever_get_is(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        for path in ["/", "/login", "/logout", "/account", "/authorize", "/healthz", "/jwks", "/nothing-here",
            "/.well-known/openid-configuration", "/static/", "/api/account/v1/openapi.json", "/check_session"] {
            let get = Answer::of(rp.raw(Method::GET, path)).await;
            let head = Answer::of(rp.raw(Method::HEAD, path)).await;
            assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
        let head = rp.http.head(rp.url("/userinfo")).bearer_auth(&tokens.access_token);
        assert_eq!(Answer::of(head).await.ok().header("content-type"), "application/json");
        // And nowhere else.
        assert_eq!(Answer::of(rp.raw(Method::HEAD, "/token")).await.status, 405);
    }

    async fn the_pages_of_a_popup_keep_its_opener_and_others_do_not(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let first = browser.request(Method::GET, &rp.request().url().replace(&op.address, ""), None).await;
        assert_eq!((first.status, first.header("cross-origin-opener-policy")), (303, "unsafe-none"));
        let page = browser.open(&rp.request().url()).await;
        assert_eq!(page.ok().header("cross-origin-opener-policy"), "unsafe-none");
        for path in ["/logout", "/authorize", "/recovery/x", "/consent/x"] {
            assert_eq!(Answer::of(rp.raw(Method::GET, path)).await.header("cross-origin-opener-policy"), "unsafe-none", "{path}");
        }
        for path in ["/", "/account", "/account/security", "/loginx", "/token"] {
            assert_eq!(Answer::of(rp.raw(Method::GET, path)).await.header("cross-origin-opener-policy"), "same-origin", "{path}");
        }
    }

    async fn change_password_url_3_a_password_manager_is_led_to_the_page(setup: Setup) {
        let op = setup.issuer_path("/auth").start();
        let http = crate::support::http::client();
        let answer = Answer::of(http.get(format!("{}/.well-known/change-password", op.address))).await;
        assert_eq!((answer.status, answer.location()), (302, Some("/auth/account/security/password")));
        // How managers tell that the answer means something (Detecting the reliability of HTTP status codes).
        let nonsense = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
        assert_eq!(Answer::of(http.get(format!("{}{nonsense}", op.address))).await.status, 404);
    }

    async fn rfc7591_2_a_client_that_demands_what_is_not_built_is_refused_with_the_words_that_say_why(op: TestOp) {
        op.person("ada").await;
        for member in [
            "require_pushed_authorization_requests",
            "dpop_bound_access_tokens",
            "tls_client_certificate_bound_access_tokens",
            "profile",
            "groups",
        ] {
            let mut metadata = web_app();
            metadata["grant_types"] = json!(["authorization_code", "refresh_token", "client_credentials"]);
            let rp = op.client(metadata.clone()).await;
            let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
            metadata[member] = if member == "groups" { json!(["crew"]) } else if member == "profile" { json!("fapi2") } else { json!(true) };
            rp.reregister(&op, metadata).await;
            let answers = [
                op.browser().open(&rp.request().url()).await,
                rp.refresh(&tokens.refresh_token).await,
                rp.token(&[("grant_type", "client_credentials")]).await,
            ];
            for answer in answers {
                assert_eq!(answer.error(), "unauthorized_client", "{member} {}", answer.body);
                assert!(answer.description().contains(member), "{}", answer.description());
            }
            // What it holds can still be given back.
            rp.revoke(&tokens.refresh_token).await.ok();
        }
    }

    async fn rfc9701_6_a_client_that_demands_encrypted_introspection_is_refused_there(op: TestOp) {
        let mut metadata = web_app();
        metadata["introspection_encrypted_response_alg"] = json!("RSA-OAEP");
        let rp = op.client(metadata).await;
        let answer = rp.introspect("x").await;
        assert_eq!(answer.error(), "unauthorized_client", "{}", answer.body);
        assert!(answer.description().contains("introspection_encrypted_response_alg"), "{}", answer.body);
    }

    async fn rfc9101_10_5_a_client_that_requires_request_objects_is_heard_by_them_alone(op: TestOp) {
        let mut metadata = web_app();
        metadata["require_signed_request_object"] = json!(true);
        let rp = op.client(metadata).await;
        let answer = op.browser().open(&rp.request().url()).await;
        answer.refused(303, "invalid_request");
        assert!(answer.description().contains("require_signed_request_object"), "{}", answer.description());
    }

    async fn registration_2_a_web_application_may_answer_at_localhost_where_the_operator_lets_it(setup: Setup) {
        let open = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";
        let op = setup.config(open).config("registration.localhost = true").start();
        let local = |uri: &str| json!({"redirect_uris": [uri], "application_type": "web"});
        for uri in ["http://localhost:4242/redirect", "http://127.0.0.1/cb", "http://[::1]:8080/cb"] {
            registered(&with(&op, None, local(uri)).await);
        }
        with(&op, None, local("http://rp.example/cb")).await.refused(400, "invalid_redirect_uri");
        with(&op, None, local("myapp:/cb")).await.refused(400, "invalid_redirect_uri");
    }

    async fn registration_2_without_the_switch_a_web_application_answers_by_https(setup: Setup) {
        let op = setup.config("registration.mode = \"open\"").start();
        let local = json!({"redirect_uris": ["http://localhost:4242/redirect"], "application_type": "web"});
        with(&op, None, local).await.refused(400, "invalid_redirect_uri");
        registered(&register(&op, None, &plain()).await);
    }

    async fn egress_a_client_may_register_keys_by_http_where_the_operator_opened_the_network(setup: Setup) {
        let open = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";
        let op = setup.config(open).config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let keys = |uri: &str| json!({"jwks_uri": uri, "token_endpoint_auth_method": "private_key_jwt"});
        registered(&with(&op, None, keys("http://127.0.0.1:9/jwks")).await);
        for uri in ["http://10.0.0.1/jwks", "http://192.0.2.1/jwks", "ftp://127.0.0.1/jwks"] {
            with(&op, None, keys(uri)).await.refused(400, "invalid_client_metadata");
        }
        with(&op, None, json!({"policy_uri": "http://127.0.0.1/policy"})).await.refused(400, "invalid_client_metadata");
    }

    async fn rfc9112_7_1_1_chunk_extensions_are_passed_over(op: TestOp) {
        let post = || Raw::new("POST", "/token").header("transfer-encoding", "chunked")
            .header("content-type", "application/x-www-form-urlencoded");
        let chunked = |text: &str| Raw { body: text.as_bytes().to_vec(), ..post() };
        let body = "grant_type=nonsense";
        let good = format!("{:x};a=b;c=\"d\"\r\n{body}\r\n0;last\r\n\r\n", body.len());
        chunked(&good).send(&op).await.refused(400, "unsupported_grant_type");
    }
}
