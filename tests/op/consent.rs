//! Consent: asked once, for what is new, and never assumed.

use crate::support::people::PASSWORD;
use crate::support::relying_party::web_app;
use crate::support::{Browser, RelyingParty, TestOp, Tokens, seconds};
use latchkey::model::consent;
use latchkey::tokens::family;
use serde_json::json;

/// A browser in which Ada is signed in and shown what the application asks for.
async fn asked(op: &TestOp, rp: &RelyingParty) -> Browser {
    op.person("ada").await;
    let mut browser = op.browser();
    browser.open(&rp.request().url()).await;
    browser.sign_in("ada", PASSWORD).await;
    assert!(browser.is_at("/consent"), "{}", browser.path);
    browser
}

async fn silently(rp: &RelyingParty, browser: &mut Browser, scope: &str) -> String {
    let answer = browser.open(&rp.request().with("scope", scope).with("prompt", "none").url()).await;
    if answer.query().contains_key("code") { "code".to_owned() } else { answer.error() }
}

on_both_stores! {
    async fn oid_12_what_was_allowed_is_not_asked_again(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        assert!(browser.allow().await.query().contains_key("code"));
        assert!(browser.open(&rp.request().url()).await.query().contains_key("code"));
        assert_eq!(silently(&rp, &mut browser, "openid").await, "code");
        // Remembered for the person, not for the browser.
        let mut other = op.browser();
        other.open(&rp.request().url()).await;
        assert!(other.sign_in("ada", PASSWORD).await.query().contains_key("code"));
    }

    async fn oid_12_a_new_scope_is_asked_for_and_marked(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        browser.allow().await;
        let wider = rp.request().with("scope", "openid profile email phone");
        assert_eq!(silently(&rp, &mut browser, "openid phone").await, "consent_required");
        let page = browser.open(&wider.url()).await;
        assert!(browser.is_at("/consent"));
        assert_eq!(page.body.matches("class=\"badge\"").count(), 1);
        browser.allow().await;
        // What was allowed before stays allowed beside it.
        assert_eq!(silently(&rp, &mut browser, "openid profile email phone").await, "code");
    }

    async fn rfc6749_4_1_2_1_a_refusal_is_access_denied_and_not_remembered(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        let answer = browser.deny().await;
        answer.refused(303, "access_denied");
        assert!(answer.query().contains_key("state") && !answer.query().contains_key("code"));
        assert_eq!(silently(&rp, &mut browser, "openid").await, "consent_required");
        browser.open(&rp.request().url()).await;
        assert!(browser.is_at("/consent"));
    }

    async fn a_form_without_a_decision_decides_nothing(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        let (path, csrf) = (browser.form().action, browser.form().hidden[0].1.clone());
        for decision in [None, Some("yes"), Some("")] {
            let mut fields = vec![("csrf", csrf.as_str())];
            fields.extend(decision.map(|word| ("decision", word)));
            browser.post(&path, &fields).await.refused(400, "invalid_request");
        }
        assert_eq!(silently(&rp, &mut browser, "openid").await, "consent_required");
    }

    async fn ses_10_only_the_persons_own_form_decides(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        let (path, csrf) = (browser.form().action, browser.form().hidden[0].1.clone());
        browser.post(&path, &[("decision", "allow")]).await.refused(403, "invalid_request");
        browser.headers = vec![("origin", "https://rp.example".into())];
        browser.post(&path, &[("csrf", &csrf), ("decision", "allow")]).await.refused(403, "invalid_request");
        let mut other = op.browser();
        other.post(&path, &[("csrf", &csrf), ("decision", "allow")]).await.refused(400, "invalid_request");
        browser.headers.clear();
        assert_eq!(silently(&rp, &mut browser, "openid").await, "consent_required");
    }

    async fn nobody_consents_before_signing_in(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.open(&rp.request().url()).await;
        let (login, csrf) = (browser.path.clone(), browser.form().hidden[0].1.clone());
        let consent = login.replace("/login/", "/consent/");
        browser.open(&consent).await;
        assert_eq!(browser.path, login);
        browser.post(&consent, &[("csrf", &csrf), ("decision", "allow")]).await;
        assert_eq!(browser.path, login);
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/consent"));
    }

    async fn another_person_in_the_same_browser_is_asked_too(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = asked(&op, &rp).await;
        browser.allow().await;
        op.person("grace").await;
        browser.open(&rp.request().with("prompt", "select_account").url()).await;
        browser.use_another_account().await;
        browser.sign_in("grace", PASSWORD).await;
        assert!(browser.is_at("/consent") && browser.page().body.contains("grace"));
    }

    async fn a_consent_counts_for_the_person_whom_the_page_names(op: TestOp) {
        let rp = op.web_app().await;
        let request = rp.request();
        let grace = op.person("grace").await;
        op.person("ada").await;
        let mut browser = op.browser();
        browser.open(&request.url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/consent") && browser.page().body.contains("ada"));
        let mut other = browser.clone();
        other.open(&rp.request().with("prompt", "select_account").url()).await.ok();
        other.use_another_account().await.ok();
        other.sign_in("grace", PASSWORD).await.ok();
        // The page that names Ada is sent while Grace is signed in: she is asked, and has allowed nothing.
        browser.cookies.extend(other.cookies.clone());
        browser.allow().await.ok();
        assert!(browser.is_at("/consent") && browser.page().body.contains("grace"), "{}", browser.path);
        let id = grace.id.clone();
        assert!(op.write(move |tx| consent::store::list(tx, &id)).await.is_empty());
        let answer = browser.allow().await;
        let tokens = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["sub"], json!(grace.sub));
    }

    async fn a_trusted_client_asks_nobody_unless_it_wants_to(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["trusted"] = true.into();
        let (rp, mut browser) = (op.client(metadata).await, op.browser());
        browser.open(&rp.request().url()).await;
        assert!(browser.sign_in("ada", PASSWORD).await.query().contains_key("code"));
        browser.open(&rp.request().with("prompt", "consent").url()).await;
        assert!(browser.is_at("/consent"));
    }

    async fn rfc8252_8_6_a_native_app_is_asked_for_each_time(op: TestOp) {
        let metadata = json!({"redirect_uris": ["com.example.app:/callback"], "token_endpoint_auth_method": "none"});
        let rp = op.client(metadata).await;
        let mut browser = asked(&op, &rp).await;
        let answer = browser.allow().await;
        assert!(answer.location().unwrap().starts_with("com.example.app:/callback?code="));
        browser.open(&rp.request().url()).await;
        assert!(browser.is_at("/consent"));
        assert_eq!(silently(&rp, &mut browser, "openid").await, "consent_required");
    }

    async fn a_consent_that_was_taken_back_is_asked_for_again(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        rp.sign_in(&mut browser, &rp.request()).await;
        let client_id = rp.client_id.clone();
        assert!(op.write(move |tx| consent::store::revoke(tx, &ada.id, &client_id)).await);
        assert_eq!(silently(&rp, &mut browser, "openid").await, "consent_required");
    }

    async fn a_code_of_a_consent_that_was_taken_back_is_not_redeemed(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let request = rp.request();
        let early = rp.code(&mut browser, &request).await;
        op.advance(seconds(1));
        let (now, client_id) = (op.now(), rp.client_id.clone());
        op.write(move |tx| family::store::revoke_of_consent(tx, &ada.id, &client_id, now)).await;
        rp.redeem(&early, &request).await.refused(400, "invalid_grant");
        let request = rp.request();
        let late = rp.code(&mut browser, &request).await;
        rp.redeem(&late, &request).await.ok();
    }

    async fn the_page_says_what_is_asked_for_and_for_how_long(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["client_name"] = "<b>Harbour</b>".into();
        let (rp, mut browser) = (op.client(metadata).await, op.browser());
        browser.open(&rp.request().with("scope", "openid email offline_access").url()).await;
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(!page.body.contains("<b>Harbour") && page.body.contains("14"), "{}", page.body);
        // What outlives the session stands out.
        assert_eq!(page.body.matches("<li class=\"row").count(), 3);
        assert_eq!(page.body.matches("<li class=\"row\">").count(), 2);
        let answer = browser.allow().await;
        assert!(answer.query().contains_key("code"));
    }

    async fn a_person_who_is_disabled_meanwhile_allows_nothing(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        ada.set_status(&op, latchkey::model::user::UserStatus::Disabled).await;
        browser.submit(&[("decision", "allow")]).await;
        assert!(browser.is_at("/login"), "{}", browser.path);
    }
}
