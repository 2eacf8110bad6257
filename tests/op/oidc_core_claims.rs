//! OpenID Connect Core §5.2, §5.5: claims asked for by name, and their languages.

use crate::support::people::PASSWORD;
use crate::support::relying_party::{RelyingParty, Tokens};
use crate::support::{Browser, TestOp};
use serde_json::{Value, json};

/// Ada with a name in Japanese, and a client that has no scope but openid.
async fn party(op: &TestOp) -> (RelyingParty, Browser) {
    let ada = op.person("ada").await;
    ada.set_claims(op, json!({"name#ja": "エイダ", "birthdate": "1815-12-10", "zoneinfo": "Europe/London"})).await;
    (op.web_app().await, op.browser())
}

async fn tokens(rp: &RelyingParty, browser: &mut Browser, claims: &Value, more: &[(&str, &str)]) -> Tokens {
    let mut request = rp.request().with("scope", "openid").with("claims", &claims.to_string());
    for (name, value) in more {
        request = request.with(name, value);
    }
    rp.sign_in(browser, &request).await
}

on_both_stores! {
    async fn oidc_core_5_5_claims_come_where_they_are_asked_for(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let claims = json!({
            "userinfo": {"birthdate": null, "email": {"essential": true}, "nobody": null},
            "id_token": {"zoneinfo": null, "auth_time": {"essential": true}},
        });
        let tokens = tokens(&rp, &mut browser, &claims, &[]).await;
        let userinfo = rp.userinfo(&tokens.access_token).await.ok().json();
        assert_eq!((userinfo["birthdate"].as_str(), userinfo["email"].as_str()),
            (Some("1815-12-10"), Some("ada@example.com")));
        assert!(userinfo.get("zoneinfo").is_none() && userinfo.get("nobody").is_none());
        let id_token = rp.id_claims(&tokens.id_token).await;
        assert_eq!(id_token["zoneinfo"], "Europe/London");
        assert!(id_token["auth_time"].is_i64() && id_token.get("birthdate").is_none());
    }

    async fn oidc_core_5_5_a_refresh_keeps_what_was_asked_for(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let claims = json!({"userinfo": {"birthdate": null}, "id_token": {"zoneinfo": null}});
        let first = tokens(&rp, &mut browser, &claims, &[]).await;
        let second = Tokens::of(rp.refresh(&first.refresh_token).await.ok());
        assert_eq!(rp.userinfo(&second.access_token).await.json()["birthdate"], "1815-12-10");
        assert_eq!(rp.id_claims(&second.id_token).await["zoneinfo"], "Europe/London");
    }

    async fn oid_12_a_claim_by_name_is_asked_for_once_and_shown(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        browser.walk(&rp.request().with("scope", "openid").url()).await;
        let request = rp.request().with("scope", "openid").with("claims", r#"{"userinfo":{"birthdate":null}}"#);
        browser.open(&request.url()).await;
        assert!(browser.is_at("/consent") && browser.page().body.contains("date of birth"), "{}", browser.page().body);
        assert!(browser.allow().await.query().contains_key("code"));
        assert!(browser.open(&request.url()).await.query().contains_key("code"), "asked once");
    }

    async fn oidc_core_5_5_1_a_value_that_is_not_the_persons_is_left_out(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let claims = json!({"userinfo": {
            "birthdate": {"value": "1900-01-01", "essential": true}, "zoneinfo": {"values": ["UTC", "Europe/London"]},
        }});
        let tokens = tokens(&rp, &mut browser, &claims, &[]).await;
        let userinfo = rp.userinfo(&tokens.access_token).await.json();
        assert!(userinfo.get("birthdate").is_none() && userinfo["zoneinfo"] == "Europe/London");
    }

    async fn oidc_core_5_5_1_a_sub_by_name_is_that_person_or_nobody(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let grace = op.person("grace").await;
        let tokens = tokens(&rp, &mut browser, &json!({}), &[]).await;
        let ada = rp.id_claims(&tokens.id_token).await["sub"].as_str().unwrap().to_owned();
        let asking = |sub: &str, prompt: &str| {
            let claims = json!({"id_token": {"sub": {"value": sub}}}).to_string();
            rp.request().with("scope", "openid").with("claims", &claims).with("prompt", prompt)
        };
        assert!(browser.open(&asking(&ada, "none").url()).await.query().contains_key("code"));
        browser.open(&asking(&grace.sub, "none").url()).await.refused(303, "login_required");
        browser.open(&asking(&grace.sub, "login").url()).await;
        browser.sign_in("ada", PASSWORD).await.refused(303, "login_required");
    }

    async fn oidc_core_5_5_1_1_an_essential_acr_is_reached_or_refused(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let acr = |value: &str| json!({"id_token": {"acr": {"essential": true, "values": [value]}}});
        let tokens = tokens(&rp, &mut browser, &acr("1fa"), &[]).await;
        assert_eq!(rp.id_claims(&tokens.id_token).await["acr"], "1fa");
        let request = rp.request().with("scope", "openid").with("claims", &acr("phr").to_string());
        browser.open(&request.url()).await.refused(303, "unmet_authentication_requirements");
        let wish = rp.request().with("scope", "openid").with("acr_values", "phr 2fa");
        assert!(browser.open(&wish.url()).await.query().contains_key("code"), "a wish is no condition");
    }

    async fn oidc_core_5_2_languages_by_tag_and_by_claims_locales(op: TestOp) {
        let (rp, mut browser) = party(&op).await;
        let by_name = tokens(&rp, &mut browser, &json!({"userinfo": {"name#ja": null}}), &[]).await;
        let userinfo = rp.userinfo(&by_name.access_token).await.json();
        assert!(userinfo["name#ja"] == "エイダ" && userinfo.get("name").is_none());
        for (locales, tagged) in [("ja fr", true), ("fr", false)] {
            let more = [("scope", "openid profile"), ("claims_locales", locales)];
            let tokens = tokens(&rp, &mut browser, &json!({}), &more).await;
            let userinfo = rp.userinfo(&tokens.access_token).await.json();
            assert_eq!(userinfo.get("name#ja").is_some(), tagged, "{locales}");
            assert!(userinfo.get("name").is_some());
        }
    }
}
