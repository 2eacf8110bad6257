//! OpenID Connect Session Management 1.0. That the page's script answers right is shown in a real browser.

use crate::support::people::PASSWORD;
use crate::support::{Answer, Setup, TestOp};
use latchkey::op::session_state::session_state;
use latchkey::platform::random::OsRandom;
use reqwest::Method;
use sha2::{Digest as _, Sha256};

on_both_stores! {
    async fn session_management_3_2_the_page_may_be_framed_and_runs_our_script_alone(op: TestOp) {
        let rp = op.web_app().await;
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["check_session_iframe"], format!("{}/check_session", op.issuer()));
        let page = Answer::of(rp.raw(Method::GET, "/check_session")).await;
        let policy = page.ok().header("content-security-policy");
        assert!(!policy.contains("frame-ancestors") && policy.contains("script-src 'self'"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "");
        assert_eq!(page.header("cross-origin-resource-policy"), "cross-origin");
        assert!(page.body.contains("data-cookie=\"lk_bs\"") && !page.body.contains("<script>"));
        let scripts: Vec<_> = page.body.split("<script src=\"").skip(1).map(|tag| tag.split('"').next().unwrap()).collect();
        assert_eq!(scripts.len(), 2);
        for script in scripts {
            let answer = Answer::of(rp.http.get(format!("{}{script}", op.address))).await;
            // Old engines must read it.
            for word in ["=>", "const ", "let ", "`", "class "] {
                assert!(!answer.ok().body.split("*/").skip(1).any(|code| code.contains(word)), "{script}: {word}");
            }
        }
    }

    async fn session_management_3_2_the_browsers_state_follows_the_session_in_use(op: TestOp) {
        let rp = op.web_app().await;
        op.person("ada").await;
        op.person("grace").await;
        let mut browser = op.browser();
        rp.sign_in(&mut browser, &rp.request()).await;
        let adas = browser.cookies["lk_bs"].clone();
        // Proven again, the session goes on.
        browser.open(&rp.request().with("prompt", "login").url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert_eq!(browser.cookies["lk_bs"], adas);
        browser.open(&rp.request().with("prompt", "select_account").url()).await;
        browser.use_another_account().await;
        browser.sign_in("grace", PASSWORD).await;
        assert_ne!(browser.cookies["lk_bs"], adas);
        let session: Vec<_> = browser.cookies["lk_s"].split('.').map(str::to_owned).collect();
        assert!(session.iter().all(|secret| !browser.cookies["lk_bs"].contains(secret)));
        browser.open(&op.url("/logout")).await;
        browser.submit(&[("decision", "logout")]).await.ok();
        assert_eq!(browser.cookies.get("lk_bs"), None);
    }

    async fn session_management_3_2_one_of_two_people_who_leaves_gives_way_to_the_other(op: TestOp) {
        let rp = op.web_app().await;
        op.person("ada").await;
        op.person("grace").await;
        let mut browser = op.browser();
        rp.sign_in(&mut browser, &rp.request()).await;
        let adas = browser.cookies["lk_bs"].clone();
        browser.open(&rp.request().with("prompt", "select_account").url()).await;
        browser.use_another_account().await;
        browser.sign_in("grace", PASSWORD).await;
        browser.allow().await;
        let request = rp.request();
        let code = rp.code(&mut browser, &request).await;
        let graces = rp.redeem(&code, &request).await.json()["id_token"].as_str().unwrap().to_owned();
        browser.open(&op.url(&format!("/logout?id_token_hint={graces}"))).await.ok();
        assert_eq!(browser.cookies["lk_bs"], adas);
    }

    async fn session_management_2_an_authorization_response_carries_the_state_that_the_browser_holds(op: TestOp) {
        let rp = op.web_app().await;
        op.person("ada").await;
        let mut browser = op.browser();
        let query = browser.walk(&rp.request().url()).await.query();
        let (hash, salt) = query["session_state"].split_once('.').unwrap();
        let text = format!("{} https://rp.example {} {salt}", rp.client_id, browser.cookies["lk_bs"]);
        assert_eq!(hash, Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        // Where nobody is signed in there is nothing to compare.
        let refused = op.browser().open(&rp.request().with("prompt", "none").url()).await.query();
        assert_eq!((refused["error"].as_str(), refused.get("session_state")), ("login_required", None));
    }

    async fn session_management_3_2_a_session_state_is_bound_to_client_origin_and_state(op: TestOp) {
        let uri = "https://rp.example:8443/callback?x=1";
        let state = op.op.browser_state(Some("a session"));
        let made = session_state((&op.op.features, &OsRandom), "client", uri, &state).unwrap();
        let (hash, salt) = made.split_once('.').unwrap();
        let expected = Sha256::digest(format!("client https://rp.example:8443 {state} {salt}"));
        assert_eq!(hash, expected.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        assert_ne!(session_state((&op.op.features, &OsRandom), "client", uri, &state).unwrap(), made);
        assert_eq!(session_state((&op.op.features, &OsRandom), "client", "com.example.app:/callback", &state), None);
    }

    async fn where_it_is_off_there_is_no_page_no_cookie_and_no_state(setup: Setup) {
        let op = setup.config("features.session_management = false").start();
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        rp.sign_in(&mut browser, &rp.request()).await;
        assert_eq!(browser.cookies.get("lk_bs"), None);
        assert_eq!(session_state((&op.op.features, &OsRandom), "client", "https://rp.example/", "state"), None);
        assert_eq!(Answer::of(rp.raw(Method::GET, "/check_session")).await.status, 404);
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata.get("check_session_iframe"), None);
    }
}
