//! RFC 7009: a client gives back what it holds.

use crate::support::relying_party::web_app;
use crate::support::{Answer, Auth, RelyingParty, TestOp, Tokens};
use reqwest::Method;
use serde_json::json;

async fn is_active(rp: &RelyingParty, token: &str) -> bool {
    rp.introspect(token).await.json()["active"] == true
}

on_both_stores! {
    async fn rfc7009_2_1_a_revoked_refresh_token_ends_its_whole_grant(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let next = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
        let answer = rp.revoke(&next.refresh_token).await;
        assert_eq!((answer.ok().body.as_str(), answer.header("cache-control")), ("", "no-store"));
        rp.refresh(&next.refresh_token).await.refused(400, "invalid_grant");
        for token in [&tokens.access_token, &next.access_token] {
            rp.userinfo(token).await.refused(401, "invalid_token");
            assert!(!is_active(&rp, token).await);
        }
    }

    async fn rfc7009_2_1_a_revoked_access_token_is_the_only_one(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        rp.revoke(&tokens.access_token).await.ok();
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        let next = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
        rp.userinfo(&next.access_token).await.ok();
    }

    async fn a_revocation_holds_at_once_on_every_replica(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let replica = op.replica();
        let there = rp.through(&replica);
        there.userinfo(&tokens.access_token).await.ok();
        rp.revoke(&tokens.access_token).await.ok();
        there.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
    }

    async fn rfc7009_2_2_an_unknown_token_is_no_error_and_twice_is_as_once(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        for text in ["x", "a.b.c", "lk_rt_x", "lk_at_x", &tokens.id_token, &tokens.refresh_token, &tokens.refresh_token]
        {
            rp.revoke(text).await.ok();
        }
    }

    async fn rfc7009_2_1_another_clients_token_stays_alive(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let other = op.web_app().await;
        other.revoke(&tokens.access_token).await.ok();
        other.revoke(&tokens.refresh_token).await.ok();
        rp.userinfo(&tokens.access_token).await.ok();
        rp.refresh(&tokens.refresh_token).await.ok();
    }

    async fn an_old_refresh_token_of_the_family_ends_it_too(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let next = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
        rp.revoke(&tokens.refresh_token).await.ok();
        rp.refresh(&next.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn rfc7009_2_1_the_client_proves_itself_first(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let wrong = RelyingParty { secret: "wrong".into(), ..rp.clone() };
        for caller in [wrong, rp.with_auth(Auth::None)] {
            caller.revoke(&tokens.refresh_token).await.refused(401, "invalid_client");
        }
        assert!(is_active(&rp, &tokens.refresh_token).await);
    }

    async fn rfc7009_5_a_public_client_gives_back_its_own(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["token_endpoint_auth_method"] = "none".into();
        let rp = op.client(metadata).await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        op.web_app().await.revoke(&tokens.refresh_token).await.ok();
        rp.userinfo(&tokens.access_token).await.ok();
        rp.revoke(&tokens.refresh_token).await.ok();
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
    }

    async fn rfc7009_2_1_the_hint_is_only_a_hint(op: TestOp) {
        for hint in ["access_token", "refresh_token", "colour"] {
            let rp = op.web_app().await;
            op.person(&format!("ada-{hint}").replace('_', "")).await;
            let username = format!("ada-{hint}").replace('_', "");
            let (mut browser, request) = (op.browser(), rp.request());
            let answer = browser.walk_as(&username, &request.url()).await;
            let tokens = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
            rp.post("/revoke", &[("token", &tokens.refresh_token), ("token_type_hint", hint)]).await.ok();
            rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
        }
    }

    async fn rfc7009_2_1_the_request_is_a_form_with_a_token(op: TestOp) {
        let rp = op.web_app().await;
        rp.post("/revoke", &[]).await.refused(400, "invalid_request");
        rp.post("/revoke", &[("token", "a"), ("token", "b")]).await.refused(400, "invalid_request");
        let get = Answer::of(rp.raw(Method::GET, "/revoke?token=x")).await;
        assert_eq!((get.status, get.header("allow")), (405, "POST"));
        let body = json!({"token": "x"}).to_string();
        let other = rp.raw(Method::POST, "/revoke").header("content-type", "application/json").body(body);
        Answer::of(other).await.refused(415, "invalid_request");
    }
}
