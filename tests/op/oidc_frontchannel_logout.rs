//! OpenID Connect Front-Channel Logout 1.0.

use crate::support::answer::between;
use crate::support::relying_party::web_app;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, Tokens};
use reqwest::Method;
use serde_json::json;

const BACK: &str = "https://rp.example/out?x=1";

/// An application that wants a frame there, and `iss` and `sid` in its query or not.
async fn framed(op: &TestOp, uri: &str, session_required: bool) -> RelyingParty {
    let mut metadata = web_app();
    metadata["frontchannel_logout_uri"] = json!(uri);
    metadata["frontchannel_logout_session_required"] = json!(session_required);
    metadata["post_logout_redirect_uris"] = json!([BACK]);
    op.client(metadata).await
}

async fn signed_in(op: &TestOp, rps: &[&RelyingParty]) -> (Browser, Tokens) {
    op.person("ada").await;
    let mut browser = op.browser();
    let mut tokens = None;
    for rp in rps {
        tokens = Some(rp.sign_in(&mut browser, &rp.request()).await);
    }
    (browser, tokens.unwrap())
}

/// What the page's frames load.
fn frames(answer: &Answer) -> Vec<String> {
    let tags = answer.body.split("<iframe").skip(1);
    tags.map(|tag| between(tag, "src=\"", "\"").unwrap()).collect()
}

fn back(op: &TestOp, tokens: &Tokens) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", BACK),
        ("state", "s&1"),
    ]);
    op.url(&format!("/logout?{}", query.finish()))
}

on_both_stores! {
    async fn frontchannel_2_the_page_loads_a_frame_of_each_application_with_issuer_and_session(op: TestOp) {
        let one = framed(&op, "https://one.example/logout?tenant=7", true).await;
        let two = framed(&op, "https://two.example:8443/logout", false).await;
        let (mut browser, tokens) = signed_in(&op, &[&two, &op.web_app().await, &one]).await;
        let page = browser.open(&back(&op, &tokens)).await;
        let sid = one.id_claims(&tokens.id_token).await["sid"].as_str().unwrap().to_owned();
        let iss: String = url::form_urlencoded::byte_serialize(op.issuer().as_bytes()).collect();
        let mut loaded = frames(page.ok());
        loaded.sort();
        let first = format!("https://one.example/logout?tenant=7&iss={iss}&sid={sid}");
        assert_eq!(loaded, [first, "https://two.example:8443/logout".into()]);
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("; frame-src https://one.example https://two.example:8443"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"), "{policy}");
    }

    async fn frontchannel_2_from_the_page_the_browser_goes_on_with_and_without_a_script(op: TestOp) {
        let rp = framed(&op, "https://rp.example/logout", true).await;
        let (mut browser, tokens) = signed_in(&op, &[&rp]).await;
        let page = browser.open(&back(&op, &tokens)).await;
        let next = "https://rp.example/out?x=1&state=s%261";
        assert_eq!(between(&page.body, "data-continue=\"", "\"").as_deref(), Some(next));
        let link = page.body.split("id=\"logout-return\"").nth(1).unwrap();
        assert_eq!(between(link, "href=\"", "\"").as_deref(), Some(next));
        let refresh = between(&page.body, "<noscript><meta http-equiv=\"refresh\" content=\"", "\"></noscript>");
        assert_eq!(refresh, Some(format!("3; url={next}")));
        assert!(page.body.contains("/static/js/logout.") && !page.body.contains("<script>"));
        let script = between(&page.body, "<script src=\"", "\"").unwrap();
        assert!(browser.open(&script).await.status == 200);
        // Asked again, there is nothing left to load.
        assert_eq!(browser.open(&back(&op, &tokens)).await.location(), Some(next));
    }

    async fn frontchannel_2_a_person_who_confirms_or_signs_out_here_loads_the_frames_too(op: TestOp) {
        let rp = framed(&op, "https://rp.example/logout", true).await;
        let (mut browser, _) = signed_in(&op, &[&rp]).await;
        browser.open(&op.url("/logout")).await.ok();
        let page = browser.submit(&[("decision", "logout")]).await;
        assert_eq!(frames(page.ok()).len(), 1);
        // Nobody asked to go anywhere.
        assert!(!page.body.contains("data-continue") && !page.body.contains("http-equiv=\"refresh\""));
    }

    async fn where_no_application_wants_a_frame_the_redirect_is_at_once(op: TestOp) {
        let mut metadata = web_app();
        metadata["post_logout_redirect_uris"] = json!([BACK]);
        let rp = op.client(metadata).await;
        let (mut browser, tokens) = signed_in(&op, &[&rp]).await;
        assert_eq!(browser.open(&back(&op, &tokens)).await.status, 303);
    }

    async fn frontchannel_3_it_is_announced_and_done_while_it_is_on(setup: Setup) {
        let op = setup.config("features.frontchannel_logout = false").start();
        let rp = framed(&op, "https://rp.example/logout", true).await;
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata.get("frontchannel_logout_supported"), None);
        let (mut browser, tokens) = signed_in(&op, &[&rp]).await;
        assert_eq!(browser.open(&back(&op, &tokens)).await.status, 303);
    }

    async fn frontchannel_3_discovery_says_so(op: TestOp) {
        let rp = op.web_app().await;
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        for member in ["frontchannel_logout_supported", "frontchannel_logout_session_supported"] {
            assert_eq!(metadata[member], true, "{member}");
        }
    }
}
