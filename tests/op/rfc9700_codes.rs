//! RFC 9700 §4.5, RFC 6749 §4.1.2: an authorization code is used once, whoever tries, wherever and when.

use crate::support::{Answer, RelyingParty, Request, TestOp, Tokens, seconds};
use futures_util::future::join_all;
use latchkey::model::user::UserStatus;
use latchkey::platform::ephemeral::Namespace;
use latchkey::tokens::code::AuthorizationCode;

/// A code that waits to be redeemed.
struct Waiting {
    rp: RelyingParty,
    request: Request,
    code: String,
}

impl Waiting {
    async fn at(op: &TestOp) -> Self {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        Self { rp, request, code }
    }

    async fn redeem(&self) -> Answer {
        self.rp.redeem(&self.code, &self.request).await
    }

    /// The same with another verifier.
    async fn redeem_wrongly(&self) -> Answer {
        let other = Request { verifier: "x".repeat(43), ..self.request.clone() };
        self.rp.redeem(&self.code, &other).await
    }
}

on_both_stores! {
    async fn cod_01_a_second_use_revokes_everything_that_came_of_the_first(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let tokens = Tokens::of(waiting.redeem().await.ok());
        waiting.redeem().await.refused(400, "invalid_grant");
        assert_dead(&waiting.rp, &tokens).await;
    }

    async fn cod_02_a_replay_with_a_wrong_verifier_client_or_address_revokes_nothing(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let tokens = Tokens::of(waiting.redeem().await.ok());
        waiting.redeem_wrongly().await.refused(400, "invalid_grant");
        op.web_app().await.redeem(&waiting.code, &waiting.request).await.refused(400, "invalid_grant");
        let elsewhere = RelyingParty { redirect_uri: "https://rp.example/other".into(), ..waiting.rp.clone() };
        elsewhere.redeem(&waiting.code, &waiting.request).await.refused(400, "invalid_grant");
        assert_alive(&waiting.rp, &tokens).await;
    }

    async fn cod_01_a_replay_after_the_short_lived_store_forgot_still_revokes(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let tokens = Tokens::of(waiting.redeem().await.ok());
        op.advance(seconds(61));
        waiting.redeem().await.refused(400, "invalid_grant");
        assert_dead(&waiting.rp, &tokens).await;
    }

    async fn cod_02_after_that_store_forgot_a_wrong_replay_still_revokes_nothing(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let tokens = Tokens::of(waiting.redeem().await.ok());
        assert!(op.op.slots.slot::<AuthorizationCode>(Namespace::AuthorizationCode).delete(&waiting.code).await.unwrap());
        waiting.redeem_wrongly().await.refused(400, "invalid_grant");
        op.web_app().await.redeem(&waiting.code, &waiting.request).await.refused(400, "invalid_grant");
        assert_alive(&waiting.rp, &tokens).await;
        waiting.redeem().await.refused(400, "invalid_grant");
        assert_dead(&waiting.rp, &tokens).await;
    }

    async fn cod_03_of_a_thousand_concurrent_uses_on_two_replicas_one_wins(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let replica = op.replica();
        let rps = [waiting.rp.clone(), waiting.rp.through(&replica)];
        let uses = (0..1_000).map(|number| until_answered(&rps[number % 2], &waiting));
        let answers = join_all(uses).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 999));
        for answer in lost {
            answer.refused(400, "invalid_grant");
        }
        assert_dead(&waiting.rp, &Tokens::of(won[0])).await;
    }

    async fn a_code_of_one_replica_is_redeemed_at_another(op: TestOp) {
        let waiting = Waiting::at(&op).await;
        let replica = op.replica();
        waiting.rp.through(&replica).redeem(&waiting.code, &waiting.request).await.ok();
        waiting.redeem().await.refused(400, "invalid_grant");
    }

    async fn cod_05_a_code_of_a_disabled_person_is_worth_nothing(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        ada.set_status(&op, UserStatus::Disabled).await;
        rp.redeem(&code, &request).await.refused(400, "invalid_grant");
        // Enabled again, what was begun before stays over.
        ada.set_status(&op, UserStatus::Active).await;
        rp.redeem(&code, &request).await.refused(400, "invalid_grant");
    }

    async fn cod_05_a_code_dies_with_its_session(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let (mut browser, request) = (op.browser(), rp.request());
        let code = rp.code(&mut browser, &request).await;
        browser.open(&op.url("/logout")).await;
        browser.submit(&[("decision", "logout")]).await.ok();
        rp.redeem(&code, &request).await.refused(400, "invalid_grant");
    }

    async fn cod_06_codes_of_two_requests_do_not_mix(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let (mut browser, first, second) = (op.browser(), rp.request(), rp.request());
        let (one, two) = (rp.code(&mut browser, &first).await, rp.code(&mut browser, &second).await);
        assert_ne!(one, two);
        rp.redeem(&one, &second).await.refused(400, "invalid_grant");
        let tokens = Tokens::of(rp.redeem(&two, &second).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["nonce"].as_str(), second.find("nonce"));
    }
}

/// A server that is too busy to begin (503), or to hear us out (408), promises nothing: the client asks again.
async fn until_answered(rp: &RelyingParty, waiting: &Waiting) -> Answer {
    loop {
        let answer = rp.redeem(&waiting.code, &waiting.request).await;
        if !matches!(answer.status, 408 | 503) {
            return answer;
        }
    }
}

async fn assert_dead(rp: &RelyingParty, tokens: &Tokens) {
    assert_eq!(rp.introspect(&tokens.access_token).await.json(), serde_json::json!({"active": false}));
    rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
}

async fn assert_alive(rp: &RelyingParty, tokens: &Tokens) {
    assert_eq!(rp.introspect(&tokens.access_token).await.json()["active"], true);
    rp.userinfo(&tokens.access_token).await.ok();
}
