//! Several pages of one browser at once, and what changes behind an open page.

use crate::support::people::PASSWORD;
use crate::support::{Answer, Browser, RelyingParty, TestOp};
use futures_util::future::join_all;
use latchkey::model::end_reason::EndReason;
use latchkey::model::session;
use serde_json::json;

async fn ready(op: &TestOp) -> (RelyingParty, Browser) {
    op.person("ada").await;
    (op.web_app().await, op.browser())
}

on_both_stores! {
    async fn two_tabs_each_get_their_code(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        let (first, second) = (rp.request(), rp.request());
        browser.open(&first.url()).await;
        let mut other_tab = browser.clone();
        other_tab.open(&second.url()).await;
        other_tab.sign_in("ada", PASSWORD).await;
        let answer = other_tab.allow().await;
        rp.redeem(&answer.query()["code"], &second).await.ok();
        // The first tab still shows its form; the browser's cookies have moved on.
        browser.cookies = other_tab.cookies.clone();
        let answer = browser.sign_in("ada", PASSWORD).await;
        rp.redeem(&answer.query()["code"], &first).await.ok();
    }

    async fn many_open_pages_do_not_lock_a_browser_out(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        for _ in 0..60 {
            browser.open(&rp.request().url()).await.ok();
            assert!(browser.cookies.len() <= 25, "{}", browser.cookies.len());
        }
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.allow().await.query().contains_key("code"));
    }

    async fn of_concurrent_ways_back_one_gets_the_code(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        let form = browser.form();
        let fields = [("csrf", form.hidden[0].1.as_str()), ("decision", "allow")];
        let back = browser.request(reqwest::Method::POST, &form.action, Some(&fields)).await;
        let path = back.location().unwrap().to_owned();
        let replica = op.replica();
        let tabs = (0..20).map(|number| {
            let (mut tab, path) = (browser.clone(), path.clone());
            tab.through(if number % 2 == 0 { &op } else { &replica });
            async move { tab.request(reqwest::Method::GET, &path, None).await }
        });
        let answers: Vec<Answer> = join_all(tabs).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 303);
        assert_eq!(won.iter().filter(|answer| answer.query().contains_key("code")).count(), 1);
        assert!(lost.iter().all(|answer| answer.status == 400) && won.len() == 1);
    }

    async fn of_parallel_consents_one_gets_a_code_however_they_fall(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        let replica = op.replica();
        for _ in 0..8 {
            browser.open(&rp.request().with("prompt", "consent").url()).await;
            if browser.is_at("/login") {
                browser.sign_in("ada", PASSWORD).await;
            }
            let form = browser.form();
            let fields = [("csrf", form.hidden[0].1.as_str()), ("decision", "allow")];
            let clicks = (0..6).map(|number| {
                let (mut tab, action) = (browser.clone(), form.action.clone());
                tab.through(if number % 2 == 0 { &op } else { &replica });
                async move {
                    let back = tab.request(reqwest::Method::POST, &action, Some(&fields)).await;
                    let Some(path) = back.location().map(str::to_owned) else { return back };
                    tab.request(reqwest::Method::GET, &path, None).await
                }
            });
            let answers: Vec<Answer> = join_all(clicks).await;
            let codes = answers.iter().filter(|answer| answer.status == 303 && answer.query().contains_key("code"));
            assert_eq!(codes.count(), 1, "{answers:?}");
        }
    }

    async fn an_interaction_that_is_over_is_not_brought_back_by_a_late_step(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        browser.open(&rp.request().url()).await;
        let id = browser.path.rsplit('/').next().unwrap().to_owned();
        let secret = browser.cookies[&format!("lk_i_{id}")].clone();
        let late = op.op.interactions.bound(&id, Some(&secret)).await.unwrap().unwrap();
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.allow().await.query().contains_key("code"));
        assert!(op.op.interactions.remember(&late).await.is_err());
        assert!(op.op.interactions.bound(&id, Some(&secret)).await.unwrap().is_none());
    }

    async fn a_double_click_on_sign_in_harms_nobody(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        browser.open(&rp.request().url()).await;
        let clicks = (0..2).map(|_| {
            let mut tab = browser.clone();
            async move {
                tab.sign_in("ada", PASSWORD).await.ok();
                tab
            }
        });
        for mut tab in join_all(clicks).await {
            assert!(tab.is_at("/consent"));
            tab.open(&rp.request().url()).await.ok();
        }
    }

    async fn ses_06_sessions_that_an_operator_ends_are_over_at_once_everywhere(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser, replica) = (op.web_app().await, op.browser(), op.replica());
        rp.sign_in(&mut browser, &rp.request()).await;
        let now = op.now();
        let sessions = session::store::list;
        let id = op.write(move |tx| Ok(sessions(tx, &ada.id, now)?.remove(0).id)).await;
        assert!(op.write(move |tx| session::store::end(tx, &id, EndReason::Operator, now)).await);
        for at in [&op, &replica] {
            let request = rp.through(at).request().with("prompt", "none");
            browser.through(at).open(&request.url()).await.refused(303, "login_required");
        }
    }

    async fn a_page_of_one_purpose_does_nothing_for_another(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        rp.sign_in(&mut browser, &rp.request()).await;
        let mut ids = Vec::new();
        for url in [op.url("/login"), op.url("/logout"), rp.request().with("prompt", "login").url()] {
            browser.open(&url).await.ok();
            ids.push((browser.path.rsplit('/').next().unwrap().to_owned(), browser.form().hidden[0].1.clone()));
        }
        for (id, csrf) in &ids {
            for path in ["/authorize", "/login", "/consent", "/logout", "/logout/confirm"] {
                let mut tab = browser.clone();
                let shown = tab.open(&format!("{path}/{id}")).await;
                assert!(shown.status < 500, "GET {path}: {}", shown.body);
                let mut tab = browser.clone();
                let sent = tab.post(&format!("{path}/{id}"), &[("csrf", csrf), ("decision", "nonsense")]).await;
                assert!(sent.status < 500, "POST {path}: {}", sent.body);
                assert!(![shown, sent].iter().any(|answer| answer.location().is_some_and(|to| to.contains("code="))));
            }
        }
    }

    async fn a_client_that_is_disabled_meanwhile_gets_no_code(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        rp.set_enabled(&op, false).await;
        let answer = browser.allow().await;
        answer.refused(400, "unauthorized_client");
        assert_eq!(answer.location(), None);
    }

    async fn an_address_that_is_withdrawn_meanwhile_gets_no_code(op: TestOp) {
        let (rp, mut browser) = ready(&op).await;
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        rp.reregister(&op, json!({"redirect_uris": ["https://rp.example/elsewhere"]})).await;
        let answer = browser.allow().await;
        answer.refused(400, "invalid_request");
        assert_eq!(answer.location(), None);
    }
}
