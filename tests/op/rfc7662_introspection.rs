//! RFC 7662: what a token is worth at this moment, told to those whom it concerns.

use crate::support::relying_party::{REDIRECT_URI, web_app};
use crate::support::{Answer, Auth, RelyingParty, Setup, TestOp, Tokens, seconds};
use futures_util::future::join_all;
use latchkey::model::user::UserStatus;
use reqwest::Method;
use serde_json::json;

#[track_caller]
fn assert_inactive(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"active":false}"#));
}

on_both_stores! {
    async fn rfc7662_2_2_an_active_access_token_tells_its_members(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        let answer = rp.introspect(&tokens.access_token).await;
        assert_eq!(answer.ok().header("cache-control"), "no-store");
        let (told, now) = (answer.json(), op.now().seconds());
        for (member, expected) in [
            ("active", json!(true)),
            ("iss", json!(op.issuer())),
            ("sub", json!(ada.sub)),
            ("aud", json!(op.issuer())),
            ("client_id", json!(rp.client_id)),
            ("scope", json!("openid profile email")),
            ("exp", json!(now + 600)),
            ("iat", json!(now)),
            ("token_type", json!("Bearer")),
            ("username", json!("ada")),
        ] {
            assert_eq!(told[member], expected, "{member}");
        }
    }

    async fn rfc7662_2_2_an_active_refresh_token_is_told_from_an_access_token(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let told = rp.introspect(&tokens.refresh_token).await.json();
        assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("refresh_token")));
    }

    async fn rfc7662_2_1_only_callers_that_prove_themselves_are_answered(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let mut public = web_app();
        public["token_endpoint_auth_method"] = "none".into();
        let wrong = RelyingParty { secret: "wrong".into(), ..rp.clone() };
        for caller in [rp.with_auth(Auth::None), wrong, op.client(public).await] {
            caller.introspect(&tokens.access_token).await.refused(401, "invalid_client");
        }
        let nobody = rp.raw(Method::POST, "/introspect").form(&[("token", &tokens.access_token)]);
        Answer::of(nobody).await.refused(401, "invalid_client");
        let bearer = rp
            .raw(Method::POST, "/introspect")
            .bearer_auth(&tokens.access_token)
            .form(&[("token", &tokens.access_token)]);
        Answer::of(bearer).await.refused(401, "invalid_client");
    }

    async fn rfc7662_2_2_whatever_is_no_token_of_ours_is_inactive_and_nothing_else(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let cut = &tokens.access_token[..tokens.access_token.len() - 4];
        for text in ["x", "a.b.c", "lk_at_x", "lk_rt_x", tokens.id_token.as_str(), cut, &"z".repeat(9_000)] {
            assert_inactive(&rp.introspect(text).await);
        }
    }

    async fn rfc7662_4_another_clients_token_is_inactive(op: TestOp) {
        let (_, tokens) = op.tokens().await;
        let other = op.web_app().await;
        for token in [&tokens.access_token, &tokens.refresh_token] {
            assert_inactive(&other.introspect(token).await);
        }
    }

    async fn an_api_may_ask_about_the_tokens_that_are_for_it(setup: Setup) {
        let toml = "[resources.orders]\nidentifier = \"https://orders.example\"\nclients = [\"orders-api\"]";
        let op = setup.config(toml).start();
        op.person("ada").await;
        let api = RelyingParty::register_as(&op, "orders-api", "secret", json!({"grant_types": []})).await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let theirs = rp.sign_in(&mut browser, &rp.request().and("resource", "https://orders.example")).await;
        let other = rp.sign_in(&mut browser, &rp.request()).await;
        assert_eq!(api.introspect(&theirs.access_token).await.json()["active"], true);
        assert_inactive(&api.introspect(&other.access_token).await);
        assert_inactive(&api.introspect(&theirs.refresh_token).await);
        rp.set_enabled(&op, false).await;
        assert_inactive(&api.introspect(&theirs.access_token).await);
    }

    async fn rfc7662_2_2_an_expired_token_is_inactive(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        op.advance(seconds(599));
        assert_eq!(rp.introspect(&tokens.access_token).await.json()["active"], true);
        op.advance(seconds(1));
        assert_inactive(&rp.introspect(&tokens.access_token).await);
    }

    async fn rfc7662_2_2_a_used_refresh_token_is_inactive_after_its_grace(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        rp.refresh(&tokens.refresh_token).await.ok();
        assert_eq!(rp.introspect(&tokens.refresh_token).await.json()["active"], true);
        op.advance(seconds(20));
        assert_inactive(&rp.introspect(&tokens.refresh_token).await);
    }

    async fn a_disabled_persons_tokens_are_inactive_at_once(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        ada.set_status(&op, UserStatus::Disabled).await;
        assert_inactive(&rp.introspect(&tokens.access_token).await);
        assert_inactive(&rp.introspect(&tokens.refresh_token).await);
        ada.set_status(&op, UserStatus::Active).await;
        assert_inactive(&rp.introspect(&tokens.access_token).await);
    }

    async fn of_many_tokens_asked_about_at_once_each_is_judged_by_itself(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let mut flows = Vec::new();
        for _ in 0..3 {
            flows.push(rp.sign_in(&mut browser, &rp.request()).await);
        }
        let [live, alone, ended] = &flows[..] else { unreachable!() };
        let next = Tokens::of(rp.refresh(&alone.refresh_token).await.ok());
        rp.revoke(&alone.access_token).await.ok();
        rp.revoke(&ended.refresh_token).await.ok();
        let asked = [(live, true), (alone, false), (ended, false), (&next, true)];
        let ask = |number: usize| {
            let ((tokens, expected), rp) = (asked[number % 4], rp.clone());
            async move { (rp.introspect(&tokens.access_token).await.json()["active"] == true, expected) }
        };
        let answers = join_all((0..80).map(ask)).await;
        assert!(answers.iter().all(|(active, expected)| active == expected), "{answers:?}");
    }

    async fn rfc7662_2_1_the_request_is_a_form_with_a_token(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        rp.post("/introspect", &[]).await.refused(400, "invalid_request");
        rp.post("/introspect", &[("token", "a"), ("token", "b")]).await.refused(400, "invalid_request");
        for hint in ["access_token", "refresh_token", "colour"] {
            let answer = rp.post("/introspect", &[("token", &tokens.access_token), ("token_type_hint", hint)]).await;
            assert_eq!(answer.json()["active"], true, "{hint}");
        }
        let get = Answer::of(rp.raw(Method::GET, "/introspect?token=x")).await;
        assert_eq!((get.status, get.header("allow")), (405, "POST"));
    }

    async fn a_robot_that_registered_for_nothing_else_may_introspect(op: TestOp) {
        let api = op.client(json!({"redirect_uris": [REDIRECT_URI], "grant_types": []})).await;
        assert_inactive(&api.introspect("x").await);
    }
}
