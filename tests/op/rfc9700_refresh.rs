//! RFC 9700 §4.14.2, RFC 6749 §6: refresh tokens rotate, and a copy is noticed.

use crate::support::relying_party::part;
use crate::support::{Answer, RelyingParty, Setup, TestOp, Tokens, days, seconds};
use futures_util::future::join_all;
use latchkey::model::client;
use latchkey::model::user::UserStatus;
use latchkey::platform::crypto::{OpaqueToken, TokenKind};
use serde_json::json;

on_both_stores! {
    async fn rfc9700_4_14_2_each_use_gives_another_token(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        let third = refreshed(&rp, &second).await;
        assert_ne!(first.refresh_token, second.refresh_token);
        assert_ne!(second.refresh_token, third.refresh_token);
        assert_ne!(first.access_token, second.access_token);
        rp.userinfo(&third.access_token).await.ok();
    }

    async fn rfc9700_4_14_2_a_stolen_refresh_token_ends_the_family(op: TestOp) {
        let (rp, stolen) = op.tokens().await;
        let current = refreshed(&rp, &stolen).await;
        op.advance(seconds(20));
        rp.refresh(&stolen.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&current.refresh_token).await.refused(400, "invalid_grant");
        assert_eq!(rp.introspect(&current.access_token).await.json(), json!({"active": false}));
    }

    async fn tok_04_reuse_is_noticed_after_a_restart(op: TestOp) {
        let (rp, stolen) = op.tokens().await;
        let current = refreshed(&rp, &stolen).await;
        let op = op.restart();
        op.advance(seconds(20));
        let rp = rp.through(&op);
        rp.refresh(&stolen.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&current.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn a_client_that_lost_the_answer_gets_the_same_refresh_token_again(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let (lost, again) = (refreshed(&rp, &first).await, refreshed(&rp, &first).await);
        assert_eq!(lost.refresh_token, again.refresh_token);
        assert_ne!(lost.access_token, again.access_token);
        op.advance(seconds(19));
        assert_eq!(refreshed(&rp, &first).await.refresh_token, lost.refresh_token);
        // The grace runs from the rotation, not from the last retry.
        op.advance(seconds(1));
        rp.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn the_token_before_the_last_one_has_no_grace(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        let third = refreshed(&rp, &second).await;
        rp.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&third.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn the_grace_is_the_operators_choice(setup: Setup) {
        let op = setup.config("tokens.refresh_grace = \"1s\"").start();
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        op.advance(seconds(1));
        rp.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&second.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn a_grace_of_zero_is_none(setup: Setup) {
        let op = setup.config("tokens.refresh_grace = \"0s\"").start();
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        rp.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&second.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn rfc9700_4_14_2_a_refresh_token_that_is_not_used_ends(op: TestOp) {
        let (rp, first) = op.tokens().await;
        op.advance(days(13));
        let second = refreshed(&rp, &first).await;
        op.advance(days(13));
        let third = refreshed(&rp, &second).await;
        op.advance(days(14));
        rp.refresh(&third.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn a_family_ends_however_much_it_is_used(op: TestOp) {
        let (rp, mut tokens) = op.tokens().await;
        for _ in 0..6 {
            op.advance(days(13));
            tokens = refreshed(&rp, &tokens).await;
        }
        op.advance(days(12));
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn rfc6749_6_a_narrower_scope_keeps_the_granted_one(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let narrow = Tokens::of(with_scope(&rp, &first, "email openid").await.ok());
        assert_eq!(narrow.all["scope"], "email openid");
        assert!(rp.userinfo(&narrow.access_token).await.json().get("name").is_none());
        let wide = refreshed(&rp, &narrow).await;
        assert_eq!(wide.all["scope"], "openid profile email");
    }

    async fn rfc6749_6_a_wider_scope_is_refused_and_spends_nothing(op: TestOp) {
        let (rp, first) = op.tokens().await;
        with_scope(&rp, &first, "openid phone").await.refused(400, "invalid_scope");
        with_scope(&rp, &first, "a\"b").await.refused(400, "invalid_scope");
        op.advance(seconds(60));
        refreshed(&rp, &first).await;
    }

    async fn what_an_operator_took_from_a_client_is_not_renewed(op: TestOp) {
        let (rp, mut tokens) = op.tokens().await;
        for (scope, left) in [("openid email", Some("openid email")), ("address", None)] {
            let (id, now) = (rp.client_id.clone(), op.now());
            op.write(move |tx| {
                let mut client = client::store::find(tx, &id)?.unwrap();
                client.metadata.scope = Some(scope.to_owned());
                client::store::save(tx, &id, client.origin, true, &client.metadata, now)
            })
            .await;
            op.advance(seconds(60));
            let answer = rp.refresh(&tokens.refresh_token).await;
            match left {
                Some(left) => {
                    tokens = Tokens::of(answer.ok());
                    assert_eq!(tokens.all["scope"], left);
                }
                None => assert!(answer.refused(400, "invalid_grant").body.contains("may not use")),
            }
        }
    }

    async fn rfc6749_10_4_another_clients_token_is_refused_and_stays_alive(op: TestOp) {
        let (rp, first) = op.tokens().await;
        op.web_app().await.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
        refreshed(&rp, &first).await;
    }

    async fn of_concurrent_uses_on_two_replicas_all_get_the_one_successor(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let replica = op.replica();
        let rps = [rp.clone(), rp.through(&replica)];
        let answers = join_all((0..60).map(|number| until_answered(&rps[number % 2], &first))).await;
        let successors: Vec<Tokens> = answers.iter().map(|answer| Tokens::of(answer.ok())).collect();
        assert!(successors.iter().all(|tokens| tokens.refresh_token == successors[0].refresh_token));
        refreshed(&rp, &successors[0]).await;
    }

    async fn a_disabled_person_gets_nothing_any_more(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        ada.set_status(&op, UserStatus::Disabled).await;
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
        // Enabling brings the person back, not what was issued before.
        ada.set_status(&op, UserStatus::Active).await;
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn a_disabled_client_gets_nothing_any_more(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        rp.set_enabled(&op, false).await;
        rp.refresh(&tokens.refresh_token).await.refused(401, "invalid_client");
        rp.set_enabled(&op, true).await;
        refreshed(&rp, &tokens).await;
    }

    async fn a_forged_token_of_a_living_family_moves_nothing(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        // The family's name stands in its access tokens, and generations are counted.
        let family = part(&second.access_token, 1)["fid"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
        op.advance(seconds(21));
        for generation in [1_i64, 2, 3] {
            let payload = [&family.as_bytes()[..], &generation.to_be_bytes(), &[7; 32]].concat();
            let forged = OpaqueToken::from_bytes(TokenKind::RefreshToken, &payload);
            rp.refresh(forged.expose()).await.refused(400, "invalid_grant");
        }
        assert_eq!(rp.introspect(&second.refresh_token).await.json()["active"], true);
        let third = refreshed(&rp, &second).await;
        assert_eq!(refreshed(&rp, &second).await.refresh_token, third.refresh_token);
    }

    async fn a_forged_token_does_not_lengthen_the_grace(op: TestOp) {
        let (rp, first) = op.tokens().await;
        let second = refreshed(&rp, &first).await;
        op.advance(seconds(21));
        let family = part(&second.access_token, 1)["fid"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
        let payload = [&family.as_bytes()[..], &2_i64.to_be_bytes(), &[7; 32]].concat();
        let forged = OpaqueToken::from_bytes(TokenKind::RefreshToken, &payload);
        rp.refresh(forged.expose()).await.refused(400, "invalid_grant");
        rp.refresh(&first.refresh_token).await.refused(400, "invalid_grant");
        rp.refresh(&second.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn a_text_that_was_never_a_refresh_token_is_invalid_grant(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let mut changed = tokens.refresh_token.clone();
        let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
        changed.push(last);
        for text in ["x", "lk_rt_", "lk_rt_AAAA", changed.as_str(), &tokens.refresh_token[..40]] {
            rp.refresh(text).await.refused(400, "invalid_grant");
        }
        refreshed(&rp, &tokens).await;
    }

    async fn a_client_that_did_not_register_for_refresh_tokens_gets_none(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(json!({"redirect_uris": ["https://rp.example/callback"]})).await;
        let request = rp.request().with("scope", "openid offline_access");
        let tokens = rp.sign_in(&mut op.browser(), &request).await;
        assert_eq!(tokens.refresh_token, "");
        assert_eq!(tokens.all["scope"], "openid");
    }

    async fn oidc_core_12_2_a_refreshed_id_token_tells_of_the_same_sign_in(op: TestOp) {
        let (rp, first) = op.tokens().await;
        op.advance(seconds(3_600));
        let second = refreshed(&rp, &first).await;
        let (before, after) = (rp.id_claims(&first.id_token).await, rp.id_claims(&second.id_token).await);
        for claim in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
            assert_eq!(before[claim], after[claim], "{claim}");
        }
        assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 3_600);
    }
}

async fn refreshed(rp: &RelyingParty, tokens: &Tokens) -> Tokens {
    Tokens::of(rp.refresh(&tokens.refresh_token).await.ok())
}

async fn with_scope(rp: &RelyingParty, tokens: &Tokens, scope: &str) -> Answer {
    rp.token(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh_token), ("scope", scope)]).await
}

async fn until_answered(rp: &RelyingParty, tokens: &Tokens) -> Answer {
    loop {
        let answer = rp.refresh(&tokens.refresh_token).await;
        if !matches!(answer.status, 408 | 503) {
            return answer;
        }
    }
}
