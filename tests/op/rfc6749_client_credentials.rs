//! RFC 6749 §4.4: a client acts for itself.

use crate::support::{RelyingParty, Setup, TestOp, Tokens};
use serde_json::json;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const SCOPES: &str = "[scopes.\"api:read\"]\ndescription = \"read\"\n[scopes.\"api:write\"]\ndescription = \"write\"";

async fn robot(op: &TestOp) -> RelyingParty {
    op.client(json!({"grant_types": ["client_credentials"], "scope": "openid email api:read api:write"})).await
}

on_both_stores! {
    async fn rfc6749_4_4_3_the_answer_holds_an_access_token_alone(setup: Setup) {
        let op = setup.config(SCOPES).start();
        let rp = robot(&op).await;
        let answer = rp.token(&[GRANT]).await;
        answer.ok();
        assert_eq!(answer.header("cache-control"), "no-store");
        let tokens = Tokens::of(&answer);
        assert_eq!((tokens.refresh_token.as_str(), tokens.id_token.as_str()), ("", ""));
        let (_, claims) = rp.verify(&tokens.access_token).await;
        assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(rp.client_id), &json!(rp.client_id)));
    }

    async fn rfc6749_4_4_2_without_a_scope_it_gets_what_it_registered_save_what_speaks_of_people(setup: Setup) {
        let op = setup.config(SCOPES).start();
        assert_eq!(robot(&op).await.token(&[GRANT]).await.json()["scope"], "api:read api:write");
    }

    async fn rfc6749_3_3_a_narrower_scope_is_granted_and_a_wider_refused(setup: Setup) {
        let op = setup.config(SCOPES).start();
        let rp = robot(&op).await;
        assert_eq!(rp.token(&[GRANT, ("scope", "api:write")]).await.json()["scope"], "api:write");
        for scope in ["api:delete", "api:read api:delete", "openid", "email api:read", "a\\b"] {
            rp.token(&[GRANT, ("scope", scope)]).await.refused(400, "invalid_scope");
        }
    }

    async fn rfc6749_4_4_a_public_client_may_not(op: TestOp) {
        let metadata = json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"});
        op.client(metadata).await.token(&[GRANT]).await.refused(400, "unauthorized_client");
    }

    async fn rfc6749_5_2_a_client_that_did_not_register_for_it_may_not(op: TestOp) {
        op.web_app().await.token(&[GRANT]).await.refused(400, "unauthorized_client");
    }

    async fn oidc_core_5_3_such_a_token_opens_nobodys_claims(setup: Setup) {
        let op = setup.config(SCOPES).start();
        let rp = robot(&op).await;
        let tokens = Tokens::of(rp.token(&[GRANT]).await.ok());
        rp.userinfo(&tokens.access_token).await.refused(403, "insufficient_scope");
        assert_eq!(rp.introspect(&tokens.access_token).await.json()["sub"], rp.client_id);
    }

    async fn such_a_token_can_be_revoked(op: TestOp) {
        let rp = robot(&op).await;
        let tokens = Tokens::of(rp.token(&[GRANT]).await.ok());
        rp.revoke(&tokens.access_token).await.ok();
        assert_eq!(rp.introspect(&tokens.access_token).await.json(), json!({"active": false}));
    }
}
