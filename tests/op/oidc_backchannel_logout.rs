//! OpenID Connect Back-Channel Logout 1.0.

use crate::support::receiver::{LOOPBACK, Receiver};
use crate::support::relying_party::web_app;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, Tokens, seconds};
use latchkey::app;
use latchkey::platform::outbox::store::{self, Listed};
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A web application that wants logout tokens there.
async fn listening(op: &TestOp, uri: &str, more: Value) -> RelyingParty {
    let mut metadata = web_app();
    metadata["backchannel_logout_uri"] = json!(uri);
    metadata["backchannel_logout_session_required"] = json!(true);
    metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op.client(metadata).await
}

/// Signs out by the page, as a person does.
async fn sign_out(op: &TestOp, browser: &mut Browser) {
    browser.open(&op.url("/logout")).await.ok();
    browser.submit(&[("decision", "logout")]).await.ok();
}

async fn receipts(op: &TestOp) -> Vec<Listed> {
    op.op.db.read(|connection| store::list(connection, true, 100)).await.unwrap()
}

async fn signed_in(op: &TestOp, rp: &RelyingParty) -> (Browser, Tokens) {
    let mut browser = op.browser();
    let tokens = rp.sign_in(&mut browser, &rp.request()).await;
    (browser, tokens)
}

on_both_stores! {
    async fn backchannel_2_4_oid_11_a_logout_token_says_who_left_which_session_and_nothing_else(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        let ada = op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/backchannel_logout"), json!({})).await;
        let (mut browser, tokens) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1);
        let request = &receiver.requests().await[0];
        assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(request.url.path(), "/backchannel_logout");
        let (header, claims) = rp.verify(&receiver.logout_tokens().await[0]).await;
        assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
        let id_claims = rp.id_claims(&tokens.id_token).await;
        let mut names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"]);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(op.issuer()), &json!(rp.client_id)));
        assert_eq!((&claims["sub"], &claims["sid"]), (&json!(ada.sub), &id_claims["sid"]));
        assert_eq!(claims["events"], json!({ EVENT: {} }));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
        assert_eq!(claims["iat"], op.now().seconds());
        assert!(!claims["jti"].as_str().unwrap().is_empty());
    }

    async fn backchannel_2_3_whose_session_ends_for_being_the_oldest_of_too_many_is_told(setup: Setup) {
        let receiver = Receiver::answering(200).await;
        let op = setup.config(LOOPBACK).config("[session]\nper_person = 1").start();
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (_, first) = signed_in(&op, &rp).await;
        op.advance(seconds(60));
        signed_in(&op, &rp).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1);
        let (_, claims) = rp.verify(&receiver.logout_tokens().await[0]).await;
        assert_eq!(claims["sid"], rp.id_claims(&first.id_token).await["sid"]);
    }

    async fn backchannel_2_4_it_is_signed_as_the_clients_id_tokens_are(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(204).await);
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({"id_token_signed_response_alg": "ES256"})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(rp.verify(&receiver.logout_tokens().await[0]).await.0["alg"], "ES256");
        assert_eq!(receipts(&op).await[0].outcome.as_deref(), Some("delivered"));
    }

    async fn oidc_core_8_1_a_pairwise_client_is_told_by_the_name_that_it_knows(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        let ada = op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({"subject_type": "pairwise"})).await;
        let (mut browser, tokens) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        app::deliver_due(&op.op).await.unwrap();
        let told = rp.verify(&receiver.logout_tokens().await[0]).await.1["sub"].clone();
        assert_eq!(told, rp.id_claims(&tokens.id_token).await["sub"]);
        assert_ne!(told, ada.sub);
    }

    async fn backchannel_2_3_each_application_of_the_session_is_told_once_and_no_other(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        op.person("ada").await;
        let there = async |path: &str| listening(&op, &receiver.uri(path), json!({})).await;
        let (one, two, elsewhere, deaf) = (there("/1").await, there("/2").await, there("/3").await, op.web_app().await);
        let mut browser = op.browser();
        for rp in [&one, &two, &one, &deaf] {
            rp.sign_in(&mut browser, &rp.request()).await;
        }
        signed_in(&op, &elsewhere).await;
        sign_out(&op, &mut browser).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 2);
        let mut paths: Vec<_> = receiver.requests().await.iter().map(|request| request.url.path().to_owned()).collect();
        paths.sort();
        assert_eq!(paths, ["/1", "/2"]);
        // Each knows the session by a name of its own.
        let mut sids = Vec::new();
        for token in receiver.logout_tokens().await {
            sids.push(one.verify(&token).await.1["sid"].clone());
        }
        assert_ne!(sids[0], sids[1]);
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 0);
    }

    async fn backchannel_2_5_a_sign_out_that_an_application_asked_for_tells_it_too(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        op.person("ada").await;
        let more = json!({"post_logout_redirect_uris": ["https://rp.example/out"]});
        let rp = listening(&op, &receiver.uri("/"), more).await;
        let (mut browser, tokens) = signed_in(&op, &rp).await;
        let query = format!("id_token_hint={}&post_logout_redirect_uri=https://rp.example/out", tokens.id_token);
        let answer = browser.open(&op.url(&format!("/logout?{query}"))).await;
        assert_eq!(answer.location(), Some("https://rp.example/out"));
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(receiver.logout_tokens().await.len(), 1);
        // What belonged to the session has ended with it (§2.7 leaves that to the application; we go first).
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn backchannel_2_8_a_refusal_is_final_and_anything_else_is_tried_again_with_a_fresh_token(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(503).await);
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        app::deliver_due(&op.op).await.unwrap();
        let first = rp.verify(&receiver.logout_tokens().await[0]).await.1;
        let waiting = &receipts(&op).await[0];
        assert_eq!((waiting.outcome.as_deref(), waiting.attempts), (None, 1));
        assert_eq!(waiting.last_error.as_deref(), Some("the client answered 503"));
        let refusal = ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_request"}));
        receiver.answer(refusal).await;
        op.advance(seconds(300));
        app::deliver_due(&op.op).await.unwrap();
        let second = rp.verify(&receiver.logout_tokens().await[0]).await.1;
        assert_eq!(second["jti"], first["jti"]);
        assert_eq!(second["iat"].as_i64().unwrap() - first["iat"].as_i64().unwrap(), 300);
        let receipt = &receipts(&op).await[0];
        assert_eq!((receipt.outcome.as_deref(), receipt.attempts), (Some("refused"), 2));
        assert_eq!(receipt.last_error.as_deref(), Some("the client answered 400: invalid_request"));
        op.advance(seconds(7_200));
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 0);
    }

    async fn jwt_11_a_logout_token_is_no_hint_and_no_access_token(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        app::deliver_due(&op.op).await.unwrap();
        let token = receiver.logout_tokens().await.remove(0);
        let page = browser.open(&op.url(&format!("/logout?id_token_hint={token}"))).await;
        assert!(page.ok().body.contains("Nothing was signed out"), "{}", page.body);
        rp.userinfo(&token).await.refused(401, "invalid_token");
    }

    async fn a_client_that_was_disabled_meanwhile_hears_nothing(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        rp.set_enabled(&op, false).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(receiver.requests().await.len(), 0);
        assert_eq!(receipts(&op).await[0].outcome.as_deref(), Some("refused"));
    }

    async fn cli_16_no_logout_token_goes_to_a_private_address(op: TestOp) {
        let receiver = Receiver::answering(200).await;
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(receiver.requests().await.len(), 0);
        assert_eq!(receipts(&op).await[0].last_error.as_deref(), Some("the host name has no public address"));
    }

    async fn an_application_is_told_weeks_after_its_tokens_ended(setup: Setup) {
        let config = "[session]\nabsolute = \"90d\"\nidle = \"60d\"";
        let (op, receiver) = (setup.config(LOOPBACK).config(config).start(), Receiver::answering(200).await);
        op.person("ada").await;
        // Without refresh tokens its family is over within minutes.
        let rp = listening(&op, &receiver.uri("/"), json!({"grant_types": ["authorization_code"]})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        op.advance(crate::support::days(20));
        app::housekeeping(&op.op, &crate::support::stores::masters()).await.unwrap();
        sign_out(&op, &mut browser).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1);
    }

    async fn backchannel_2_1_it_is_announced_while_it_is_on(setup: Setup) {
        let (op, receiver) = (setup.config("features.backchannel_logout = false").start(), Receiver::answering(200).await);
        op.person("ada").await;
        let rp = listening(&op, &receiver.uri("/"), json!({})).await;
        let (mut browser, _) = signed_in(&op, &rp).await;
        sign_out(&op, &mut browser).await;
        assert_eq!(receipts(&op).await.len(), 0);
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata.get("backchannel_logout_supported"), None);
    }

    async fn backchannel_2_1_discovery_says_so(op: TestOp) {
        let rp = op.web_app().await;
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        for member in ["backchannel_logout_supported", "backchannel_logout_session_supported"] {
            assert_eq!(metadata[member], true, "{member}");
        }
    }
}
