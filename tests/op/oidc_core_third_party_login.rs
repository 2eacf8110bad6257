//! OpenID Connect Core §4: initiating login from a third party, which our home page is.

use crate::support::registrar::{plain, register, registered};
use crate::support::relying_party::web_app;
use crate::support::{RelyingParty, Setup, TestOp, answer::between};
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

    async fn a_target_that_two_readers_take_for_two_hosts_is_not_passed_on(op: TestOp) {
        let rp = startable(&op, "Allowed", false).await;
        for target in [r"https://rp.example\@evil.example/", "https://rp.example@evil.example/", "https://rp.example/%0A\n"] {
            let target: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
            let answer = op.browser().open(&format!("/start/{}?target_link_uri={target}", rp.client_id)).await;
            assert!(!answer.query().contains_key("target_link_uri"), "{target}");
        }
    }

    async fn rdr_14_before_an_application_that_registered_itself_a_page_of_ours_names_the_host(setup: Setup) {
        let op = setup.config("[registration]\nmode = \"open\"").start();
        let mut metadata = plain();
        metadata["initiate_login_uri"] = json!("https://dyn.example/start");
        let known = registered(&register(&op, None, &metadata).await);
        let client_id = known["client_id"].as_str().unwrap().to_owned();
        let url = format!("/start/{client_id}?target_link_uri=https://dyn.example/inbox");
        let page = op.browser().open(&url).await;
        assert_eq!(page.location(), None);
        assert!(page.ok().body.contains("dyn.example") && page.body.contains("registered itself"), "{}", page.body);
        let link = between(&page.body, "id=\"start-continue\" href=\"", "\"").unwrap();
        assert!(link.starts_with("https://dyn.example/start?iss=") && link.contains("target_link_uri="), "{link}");
    }

    async fn an_application_that_cannot_be_started_is_a_page(op: TestOp) {
        let (plain, gone) = (op.web_app().await, startable(&op, "Gone", false).await);
        gone.set_enabled(&op, false).await;
        for id in ["nobody", "a%2Fb%00", &plain.client_id, &gone.client_id] {
            let answer = op.browser().open(&format!("/start/{id}")).await;
            assert!(answer.status == 404 && answer.reference().starts_with("LK-"), "{}", answer.body);
            assert!(!answer.body.contains("OAuth") && !answer.body.contains("invalid_request"));
        }
    }
}
