//! RFC 9700 §4.11.2: a client that registered itself cannot use our address to send people on.

use crate::support::registrar::{party, plain, register, registered};
use crate::support::{RelyingParty, Setup, TestOp};

async fn self_registered(setup: Setup) -> (TestOp, RelyingParty) {
    let op = setup.config("[registration]\nmode = \"open\"").start();
    op.person("ada").await;
    let known = registered(&register(&op, None, &plain()).await);
    let rp = party(&op, &known).await;
    (op, rp)
}

on_both_stores! {
    async fn rdr_14_an_error_of_a_self_registered_client_travels_by_a_persons_hand(setup: Setup) {
        let (op, rp) = self_registered(setup).await;
        let mut browser = op.browser();
        let page = browser.open(&rp.request().with("response_type", "cheese").url()).await;
        assert_eq!((page.status, page.location()), (400, None));
        assert!(page.body.contains("unsupported_response_type"));
        let link = page.body.split("id=\"error-return\" href=\"").nth(1).expect("a way back");
        assert!(link.starts_with(&rp.redirect_uri) && link.contains("error=unsupported_response_type"), "{link}");
    }

    async fn rdr_14_a_form_is_sent_by_hand_too(setup: Setup) {
        let (op, rp) = self_registered(setup).await;
        let mut browser = op.browser();
        let url = rp.request().with("response_type", "cheese").with("response_mode", "form_post").url();
        let page = browser.open(&url).await;
        assert_eq!((page.status, browser.form().action.as_str()), (400, rp.redirect_uri.as_str()));
        assert_eq!(page.response()["error"], "unsupported_response_type");
        assert!(!page.body.contains("form_post.js"), "nothing sends it by itself");
    }

    async fn rdr_14_in_a_session_and_with_prompt_none_it_travels_at_once(setup: Setup) {
        let (op, rp) = self_registered(setup).await;
        let mut browser = op.browser();
        browser.open(&rp.request().with("prompt", "none").url()).await.refused(303, "login_required");
        // A silent request is told what it may expect, and nothing that its sender chose.
        let chosen = rp.request().with("prompt", "none").with("response_type", "cheese").url();
        assert_eq!(browser.open(&chosen).await.status, 400);
        browser.walk(&rp.request().url()).await;
        browser.open(&rp.request().with("response_type", "cheese").url()).await
            .refused(303, "unsupported_response_type");
    }

    async fn rdr_14_an_operators_client_is_answered_at_once(op: TestOp) {
        let rp = op.web_app().await;
        op.browser().open(&rp.request().with("response_type", "cheese").url()).await
            .refused(303, "unsupported_response_type");
    }
}
