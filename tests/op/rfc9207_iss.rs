//! RFC 9207: every authorization response says who sent it.

use crate::support::{Answer, Setup, TestOp};

on_both_stores! {
    async fn rfc9207_2_a_success_carries_the_issuer(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let answer = op.browser().walk(&rp.request().url()).await;
        assert_eq!(answer.query()["iss"], op.issuer());
        assert!(answer.query().contains_key("code"));
    }

    async fn rfc9207_2_a_refusal_carries_the_issuer(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let at_once = op.browser().open(&rp.request().with("prompt", "none").url()).await;
        let mut browser = op.browser();
        browser.open(&rp.request().url()).await;
        let cancelled = browser.submit(&[("decision", "cancel")]).await;
        for (answer, error) in [(at_once, "login_required"), (cancelled, "access_denied")] {
            assert_eq!((answer.error().as_str(), answer.query()["iss"].as_str()), (error, op.issuer()));
        }
    }

    async fn rfc9207_2_4_the_issuer_is_byte_identical_to_the_metadata(setup: Setup) {
        let op = setup.issuer_path("/auth").start();
        op.person("ada").await;
        let rp = op.web_app().await;
        let metadata = Answer::of(rp.raw(reqwest::Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        let answer = op.browser().walk(&rp.request().url()).await;
        assert_eq!(answer.query()["iss"], metadata["issuer"].as_str().unwrap());
    }
}
