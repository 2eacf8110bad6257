//! RFC 7636, Proof Key for Code Exchange.

use crate::support::{Setup, TestOp};

const OTHER_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

on_both_stores! {
    async fn rfc7636_4_6_the_right_verifier_gets_tokens(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        assert!(!tokens.access_token.is_empty() && !tokens.refresh_token.is_empty());
    }

    async fn rfc7636_4_6_wrong_verifier_is_invalid_grant(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        let mut form = rp.redemption(&code, &request);
        form.pop();
        form.push(("code_verifier", OTHER_VERIFIER));
        rp.token(&form).await.refused(400, "invalid_grant");
        // It was refused before anything was spent: the client that asked can still redeem it.
        rp.redeem(&code, &request).await.ok();
    }

    async fn rfc7636_4_6_a_missing_verifier_is_invalid_grant(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        rp.redeem(&code, &request.clone().without("code_challenge")).await.refused(400, "invalid_grant");
    }

    async fn rfc7636_4_1_a_malformed_verifier_is_invalid_request(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        for bad in ["short".to_owned(), "a".repeat(129), format!("{}=", "a".repeat(43))] {
            let mut form = rp.redemption(&code, &request);
            form.pop();
            form.push(("code_verifier", &bad));
            rp.token(&form).await.refused(400, "invalid_request");
        }
    }

    async fn rfc7636_4_4_1_plain_and_an_absent_method_are_refused(op: TestOp) {
        let rp = op.web_app().await;
        for request in
            [rp.request().with("code_challenge_method", "plain"), rp.request().without("code_challenge_method")]
        {
            let answer = op.browser().open(&request.url()).await;
            answer.refused(303, "invalid_request");
            assert_eq!(answer.query().get("state").map(String::as_str), request.find("state"));
        }
    }

    async fn rfc7636_4_4_1_a_request_without_a_challenge_is_refused_by_default(op: TestOp) {
        let rp = op.web_app().await;
        let request = rp.request().without("code_challenge").without("code_challenge_method").without("nonce");
        let answer = op.browser().open(&request.url()).await;
        answer.refused(303, "invalid_request");
        assert!(answer.description().contains("code_challenge"));
        // Whoever reads it can do something about it, on either side.
        for switch in ["nonce", "require_pkce", "pkce.require"] {
            assert!(answer.description().contains(switch), "{}", answer.description());
        }
    }

    async fn rfc9700_2_1_1_a_confidential_client_may_send_an_openid_nonce_instead(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let with_nonce = rp.request().without("code_challenge").without("code_challenge_method");
        let tokens = rp.sign_in(&mut op.browser(), &with_nonce).await;
        assert_eq!(rp.id_claims(&tokens.id_token).await["nonce"].as_str(), with_nonce.find("nonce"));
        // Without openid no ID token comes, so that nobody could compare the nonce.
        let plain = with_nonce.with("scope", "profile");
        op.browser().open(&plain.url()).await.refused(303, "invalid_request");
        let mut public = crate::support::relying_party::web_app();
        public["token_endpoint_auth_method"] = "none".into();
        let public = op.client(public).await;
        let with_nonce = public.request().without("code_challenge").without("code_challenge_method");
        op.browser().open(&with_nonce.url()).await.refused(303, "invalid_request");
    }

    async fn rfc9700_2_1_1_an_operator_may_require_pkce_of_every_client(setup: Setup) {
        let op = setup.config("pkce.require = \"all\"").start();
        let rp = op.web_app().await;
        let request = rp.request().without("code_challenge").without("code_challenge_method");
        let answer = op.browser().open(&request.url()).await;
        answer.refused(303, "invalid_request");
        assert!(answer.description().contains("code_challenge"));
    }

    async fn rfc7636_4_2_a_malformed_challenge_is_refused(op: TestOp) {
        let rp = op.web_app().await;
        for bad in ["short", &"a".repeat(129), &format!("{}+", "a".repeat(43))] {
            op.browser().open(&rp.request().with("code_challenge", bad).url()).await.refused(303, "invalid_request");
        }
    }

    async fn rfc9700_2_1_1_a_verifier_without_a_challenge_is_refused(op: TestOp) {
        op.person("ada").await;
        let mut metadata = crate::support::relying_party::web_app();
        metadata["require_pkce"] = false.into();
        let rp = op.client(metadata).await;
        let request = rp.request().without("code_challenge").without("code_challenge_method");
        let code = rp.code(&mut op.browser(), &request).await;
        let mut form = rp.redemption(&code, &request);
        form.push(("code_verifier", OTHER_VERIFIER));
        rp.token(&form).await.refused(400, "invalid_grant");
        rp.redeem(&code, &request).await.ok();
    }
}
