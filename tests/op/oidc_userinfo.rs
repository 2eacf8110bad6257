//! OpenID Connect Core 1.0 §5.3, RFC 6750: what an access token opens of its person.

use crate::support::{Answer, RelyingParty, Setup, TestOp, Tokens, seconds};
use reqwest::Method;
use serde_json::{Value, json};

async fn tokens_for(op: &TestOp, scope: &str) -> (RelyingParty, Tokens) {
    op.person("ada").await;
    let rp = op.web_app().await;
    let tokens = rp.sign_in(&mut op.browser(), &rp.request().with("scope", scope)).await;
    (rp, tokens)
}

fn names(claims: &Value) -> Vec<String> {
    let mut names: Vec<String> = claims.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

on_both_stores! {
    async fn oidc_core_5_3_1_the_token_comes_by_header_or_form(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid email").await;
        let token = tokens.access_token.as_str();
        let by_get = rp.userinfo(token).await;
        let by_post = Answer::of(rp.raw(Method::POST, "/userinfo").bearer_auth(token)).await;
        let by_form = Answer::of(rp.raw(Method::POST, "/userinfo").form(&[("access_token", token)])).await;
        for answer in [&by_get, &by_post, &by_form] {
            assert_eq!(answer.ok().json(), by_get.json());
            assert!(answer.header("content-type").starts_with("application/json"));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }

    async fn rfc9700_4_3_2_a_token_in_the_url_is_refused(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        let path = format!("/userinfo?access_token={}", tokens.access_token);
        Answer::of(rp.raw(Method::GET, &path)).await.refused(400, "invalid_request");
    }

    async fn rfc6750_2_a_token_in_two_ways_is_refused(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        let form = [("access_token", tokens.access_token.as_str())];
        let twice = rp.raw(Method::POST, "/userinfo").bearer_auth(&tokens.access_token).form(&form);
        Answer::of(twice).await.refused(400, "invalid_request");
    }

    async fn rfc6750_3_without_a_token_there_is_a_challenge_and_no_error(op: TestOp) {
        let rp = op.web_app().await;
        for method in [Method::GET, Method::POST] {
            let answer = Answer::of(rp.raw(method, "/userinfo")).await;
            assert_eq!((answer.status, answer.body.as_str()), (401, ""));
            assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
            assert!(!answer.header("www-authenticate").contains("error"));
        }
    }

    async fn rfc6750_3_1_a_bad_token_is_401_with_the_error_in_the_challenge(op: TestOp) {
        let rp = op.web_app().await;
        for token in ["x", "a.b.c", "lk_at_x", "lk_rt_x"] {
            let answer = rp.userinfo(token).await;
            answer.refused(401, "invalid_token");
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        }
        let malformed = rp.raw(Method::GET, "/userinfo").header("authorization", "Bearer a b");
        Answer::of(malformed).await.refused(400, "invalid_request");
    }

    async fn oidc_core_5_4_each_scope_opens_its_claims(op: TestOp) {
        let (rp, _) = tokens_for(&op, "openid").await;
        let mut browser = op.browser();
        for (scope, expected) in [
            ("openid", &[][..]),
            ("openid email", &["email", "email_verified"]),
            ("openid phone", &["phone_number", "phone_number_verified"]),
            ("openid address", &["address"]),
            (
                "openid profile",
                &["family_name", "given_name", "locale", "name", "preferred_username", "updated_at", "zoneinfo"],
            ),
        ] {
            let request = rp.request().with("scope", scope);
            let tokens = rp.sign_in(&mut browser, &request).await;
            let mut expected: Vec<&str> = expected.iter().copied().chain(["sub"]).collect();
            expected.sort_unstable();
            assert_eq!(names(&rp.userinfo(&tokens.access_token).await.json()), expected, "{scope}");
        }
    }

    async fn oidc_core_5_3_2_sub_is_that_of_the_id_token(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert_eq!(claims["sub"], rp.id_claims(&tokens.id_token).await["sub"]);
    }

    async fn oidc_core_5_3_without_openid_the_scope_is_insufficient(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "profile").await;
        let answer = rp.userinfo(&tokens.access_token).await;
        answer.refused(403, "insufficient_scope");
        assert!(answer.header("www-authenticate").contains("insufficient_scope"));
    }

    async fn an_expired_token_opens_nothing(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        op.advance(seconds(600));
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
    }

    async fn a_disabled_clients_token_opens_nothing(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        rp.set_enabled(&op, false).await;
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
    }

    async fn scopes_of_the_operator_open_the_claims_that_they_name(setup: Setup) {
        let op = setup
            .config("scopes.crew = { description = \"Your place\", claims = [\"zoneinfo\", \"sub\", \"iss\"] }")
            .start();
        let ada = op.person("ada").await;
        let mut metadata = crate::support::relying_party::web_app();
        metadata["scope"] = "openid crew".into();
        let rp = op.client(metadata).await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request().with("scope", "openid crew")).await;
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert_eq!(claims, json!({"sub": ada.sub, "zoneinfo": "Europe/London"}));
    }

    async fn brw_01_scripts_of_every_origin_may_read_it_without_cookies(op: TestOp) {
        let (rp, tokens) = tokens_for(&op, "openid").await;
        let preflight = rp.raw(Method::OPTIONS, "/userinfo").header("origin", "https://spa.example");
        let preflight = Answer::of(preflight.header("access-control-request-method", "GET")).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, "*"));
        for answer in [rp.userinfo(&tokens.access_token).await, rp.userinfo("x").await] {
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }

    async fn other_methods_are_told_which_ones_are_taken(op: TestOp) {
        let rp = op.web_app().await;
        let answer = Answer::of(rp.raw(Method::DELETE, "/userinfo")).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"));
    }
}
