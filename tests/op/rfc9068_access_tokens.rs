//! RFC 9068: JWT access tokens.

use crate::support::relying_party::part;
use crate::support::{Setup, TestOp, Tokens};
use serde_json::json;

on_both_stores! {
    async fn rfc9068_2_1_the_header_says_at_jwt_and_an_announced_key(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let (header, _) = rp.verify(&tokens.access_token).await;
        assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("at+jwt"), Some("ES256")));
        let (header, _) = rp.verify(&tokens.id_token).await;
        assert_eq!(header["alg"], "RS256");
    }

    async fn what_only_the_provider_reads_is_signed_as_the_operator_says(setup: Setup) {
        let op = setup.config("tokens.access_signing_alg = \"RS256\"").start();
        let (rp, tokens) = op.tokens().await;
        assert_eq!(rp.verify(&tokens.access_token).await.0["alg"], "RS256");
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn without_a_key_for_es256_it_is_signed_by_rs256(setup: Setup) {
        let op = setup.config("keys.algorithms = [\"EdDSA\", \"RS256\"]").start();
        let (rp, tokens) = op.tokens().await;
        assert_eq!(rp.verify(&tokens.access_token).await.0["alg"], "RS256");
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn rfc9068_2_2_the_claims_are_those_of_the_profile(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        let (_, claims) = rp.verify(&tokens.access_token).await;
        let now = op.now().seconds();
        for (claim, expected) in [
            ("iss", json!(op.issuer())),
            ("sub", json!(ada.sub)),
            ("aud", json!(op.issuer())),
            ("client_id", json!(rp.client_id)),
            ("iat", json!(now)),
            ("exp", json!(now + 600)),
            ("auth_time", json!(now)),
            ("acr", json!("1fa")),
            ("amr", json!(["pwd"])),
            ("scope", json!("openid profile email")),
        ] {
            assert_eq!(claims[claim], expected, "{claim}");
        }
        for absent in ["email", "name", "preferred_username", "nonce"] {
            assert!(claims.get(absent).is_none(), "{absent}");
        }
    }

    async fn rfc9068_2_2_each_token_has_a_jti_of_its_own(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let second = Tokens::of(rp.refresh(&first.refresh_token).await.ok());
        let jti = |tokens: &Tokens| part(&tokens.access_token, 1)["jti"].as_str().unwrap().to_owned();
        assert!(jti(&first).len() >= 22 && jti(&first) != jti(&second));
    }

    async fn rfc9068_2_2_1_auth_time_is_that_of_the_sign_in_not_of_the_refresh(op: TestOp) {
        let (rp, first) = op.tokens().await;
        op.advance(crate::support::seconds(900));
        let second = Tokens::of(rp.refresh(&first.refresh_token).await.ok());
        let (before, after) = (part(&first.access_token, 1), part(&second.access_token, 1));
        assert_eq!(before["auth_time"], after["auth_time"]);
        assert_eq!(after["iat"], op.now().seconds());
    }

    async fn rfc9068_5_an_id_token_is_no_access_token_nor_the_other_way(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        rp.userinfo(&tokens.id_token).await.refused(401, "invalid_token");
        assert_eq!(rp.introspect(&tokens.id_token).await.json(), json!({"active": false}));
        let hinted = rp.request().with("id_token_hint", &tokens.access_token).with("prompt", "none");
        let answer = op.browser().open(&hinted.url()).await;
        assert!(!answer.refused(303, "login_required").query().contains_key("code"));
    }

    async fn rfc9068_4_a_changed_token_opens_nothing(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let (head, signature) = tokens.access_token.rsplit_once('.').unwrap();
        let (header, _) = head.split_once('.').unwrap();
        let mut claims = part(&tokens.access_token, 1);
        claims["sub"] = "somebody".into();
        let changed = crate::support::assertion::unsigned("", &claims.to_string());
        for forged in
            [format!("{header}{changed}.{signature}"), format!("{head}."), head.to_owned(), format!("{head}.AAAA")]
        {
            rp.userinfo(&forged).await.refused(401, "invalid_token");
        }
    }

    async fn the_lifetime_is_the_operators_choice(setup: Setup) {
        let op = setup.config("tokens.access = \"2m\"").start();
        let (_, tokens) = op.tokens().await;
        let claims = part(&tokens.access_token, 1);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
        assert_eq!(tokens.all["expires_in"], 120);
    }
}
