//! OpenID Connect Core §4: initiating login from a third party, which our home page is.

use crate::support::relying_party::web_app;
use crate::support::{RelyingParty, TestOp, answer::between};
use serde_json::json;

async fn startable(op: &TestOp, name: &str, trusted: bool) -> RelyingParty {
    let mut metadata = web_app();
    metadata["client_name"] = json!(name);
    metadata["initiate_login_uri"] = json!("https://rp.example/start?tenant=1");
    metadata["trusted"] = json!(trusted);
    op.client(metadata).await
}

on_both_stores! {
    async fn oidc_core_4_the_home_page_lists_a_persons_applications_and_begins_a_login_there(op: TestOp) {
        op.person("ada").await;
        let (allowed, _) = (startable(&op, "Allowed", false).await, startable(&op, "Stranger", false).await);
        startable(&op, "House", true).await;
        let plain = op.web_app().await;
        let mut browser = op.browser();
        assert!(!browser.open(&op.url("/")).await.ok().body.contains("House"));
        for rp in [&allowed, &plain] {
            rp.sign_in(&mut browser, &rp.request()).await;
        }
        let home = browser.open(&op.url("/")).await;
        assert!(home.ok().body.contains("Allowed") && home.body.contains("House"), "{}", home.body);
        assert!(!home.body.contains("Stranger") && !home.body.contains("Harbour"), "{}", home.body);
        let link = between(&home.body, "<a href=\"/start/", "\"").unwrap();
        let started = browser.open(&format!("/start/{link}")).await;
        let iss: String = url::form_urlencoded::byte_serialize(op.issuer().as_bytes()).collect();
        assert_eq!(started.status, 303);
        assert_eq!(started.location(), Some(format!("https://rp.example/start?tenant=1&iss={iss}").as_str()));
    }

    async fn oidc_core_4_a_target_is_passed_on_at_the_applications_own_origin(op: TestOp) {
        let rp = startable(&op, "Allowed", false).await;
        let start = format!("/start/{}?target_link_uri=", rp.client_id);
        let mut browser = op.browser();
        let query = browser.open(&format!("{start}https://rp.example/inbox")).await.query();
        assert_eq!(query["target_link_uri"], "https://rp.example/inbox");
        let query = browser.open(&format!("{start}https://evil.example/")).await.query();
        assert!(!query.contains_key("target_link_uri"));
    }

    async fn an_application_that_cannot_be_started_is_a_page(op: TestOp) {
        let (plain, gone) = (op.web_app().await, startable(&op, "Gone", false).await);
        gone.set_enabled(&op, false).await;
        for id in ["nobody", "a%2Fb%00", &plain.client_id, &gone.client_id] {
            let answer = op.browser().open(&format!("/start/{id}")).await;
            answer.refused(404, "invalid_request");
        }
    }
}
