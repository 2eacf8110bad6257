//! OpenID Connect Core §8: public and pairwise subjects.

use crate::support::people::PASSWORD;
use crate::support::relying_party::{RelyingParty, Tokens, web_app};
use crate::support::{Browser, TestOp};
use serde_json::json;

async fn pairwise(op: &TestOp, redirect_uri: &str) -> RelyingParty {
    let mut metadata = web_app();
    metadata["subject_type"] = json!("pairwise");
    metadata["redirect_uris"] = json!([redirect_uri]);
    op.client(metadata).await
}

async fn sub(rp: &RelyingParty, browser: &mut Browser) -> String {
    let tokens = rp.sign_in(browser, &rp.request()).await;
    let sub = rp.id_claims(&tokens.id_token).await["sub"].as_str().unwrap().to_owned();
    assert_eq!(rp.userinfo(&tokens.access_token).await.ok().json()["sub"], sub, "OID-08");
    let told = rp.introspect(&tokens.access_token).await.json();
    assert_eq!(told["sub"], sub);
    assert_eq!(rp.introspect(&tokens.refresh_token).await.json()["sub"], sub);
    let refreshed = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
    assert_eq!(rp.id_claims(&refreshed.id_token).await["sub"], sub);
    sub
}

on_both_stores! {
    async fn oid_06_a_sector_knows_a_person_by_a_name_of_its_own(op: TestOp) {
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        let (shop, till) = (pairwise(&op, "https://shop.example/a").await, pairwise(&op, "https://shop.example/b").await);
        let wiki = pairwise(&op, "https://wiki.example/cb").await;
        let public = op.web_app().await;
        let at_shop = sub(&shop, &mut browser).await;
        assert_eq!(sub(&public, &mut browser).await, ada.sub);
        assert_eq!(sub(&till, &mut browser).await, at_shop, "one host is one sector");
        let at_wiki = sub(&wiki, &mut browser).await;
        assert!(at_shop != at_wiki && at_shop != ada.sub && at_wiki != ada.sub);
        assert_eq!(sub(&shop, &mut op.browser()).await, at_shop, "for ever");
    }

    async fn oidc_core_8_1_sector_identifier_uri_joins_hosts(op: TestOp) {
        op.person("ada").await;
        let mut subs = Vec::new();
        for host in ["one.example", "two.example"] {
            let mut metadata = web_app();
            metadata["subject_type"] = json!("pairwise");
            metadata["redirect_uris"] = json!([format!("https://{host}/cb")]);
            metadata["sector_identifier_uri"] = json!("https://group.example/sector.json");
            let rp = op.client(metadata).await;
            subs.push(sub(&rp, &mut op.browser()).await);
        }
        assert_eq!(subs[0], subs[1]);
    }

    async fn oid_04_a_pairwise_hint_names_the_person(op: TestOp) {
        op.person("ada").await;
        op.person("grace").await;
        let (rp, mut browser) = (pairwise(&op, "https://shop.example/cb").await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let hinted = |prompt: &str| rp.request().with("id_token_hint", &tokens.id_token).with("prompt", prompt);
        assert!(browser.open(&hinted("none").url()).await.query().contains_key("code"));
        let mut other = op.browser();
        other.walk_as("grace", &op.web_app().await.request().url()).await;
        other.open(&hinted("none").url()).await.refused(303, "login_required");
        other.open(&hinted("login").url()).await;
        other.sign_in("grace", PASSWORD).await.refused(303, "login_required");
    }

    async fn a_pairwise_client_is_not_told_the_name_that_all_know(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (pairwise(&op, "https://shop.example/cb").await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        assert!(rp.introspect(&tokens.access_token).await.json().get("username").is_none());
    }
}
