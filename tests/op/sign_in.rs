//! Sign-in: passwords, delays, cookies, sessions, and who may use whose page.

use crate::support::answer::between;
use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::relying_party::web_app;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, days, minutes, seconds};
use latchkey::model::user::UserStatus;
use reqwest::Method;
use serde_json::json;

const SESSION: &str = "lk_s";

/// A browser that shows the sign-in page of an application.
async fn at_sign_in(op: &TestOp) -> (RelyingParty, Browser) {
    op.person("ada").await;
    let (rp, mut browser) = (op.web_app().await, op.browser());
    browser.open(&rp.request().url()).await;
    (rp, browser)
}

async fn signed_in(op: &TestOp) -> (RelyingParty, Browser) {
    op.person("ada").await;
    let (rp, mut browser) = (op.web_app().await, op.browser());
    rp.sign_in(&mut browser, &rp.request()).await;
    (rp, browser)
}

/// What an application learns without showing a page: a code, or why there is none.
async fn silently(rp: &RelyingParty, browser: &mut Browser) -> String {
    let answer = browser.open(&rp.request().with("prompt", "none").url()).await;
    if answer.query().contains_key("code") { "code".to_owned() } else { answer.error() }
}

/// A page without what differs from page to page.
fn text(page: &Answer, username: &str, browser: &Browser) -> String {
    let secrets = browser.form().hidden.into_iter().map(|(_, value)| value);
    let id = browser.path.rsplit('/').next().unwrap().to_owned();
    secrets.chain([id, username.to_owned()]).fold(page.body.clone(), |body, secret| body.replace(&secret, ""))
}

on_both_stores! {
    async fn whoever_signs_in_beyond_the_sessions_that_a_person_may_have_ends_the_oldest(setup: Setup) {
        let op = setup.config("[session]\nper_person = 3").start();
        let (ada, rp) = (op.person("ada").await, op.web_app().await);
        op.person("grace").await;
        let mut other = op.browser();
        other.walk_as("grace", &rp.request().url()).await;
        let mut browsers = Vec::new();
        let mut tokens = Vec::new();
        for _ in 0..4 {
            let mut browser = op.browser();
            tokens.push(rp.sign_in(&mut browser, &rp.request()).await);
            browsers.push(browser);
            op.advance(minutes(1));
        }
        assert_eq!(silently(&rp, &mut browsers[0]).await, "login_required");
        rp.refresh(&tokens[0].refresh_token).await.refused(400, "invalid_grant");
        for browser in &mut browsers[1..] {
            assert_eq!(silently(&rp, browser).await, "code");
        }
        assert_eq!(silently(&rp, &mut other).await, "code", "another person's are not counted");
        let ended = ada.events(&op).await.into_iter().filter(|kind| kind == "session.ended").count();
        assert_eq!(ended, 1);
        // A fresh proof in a session that goes on begins none.
        op.advance(minutes(1));
        browsers[1].walk_as("ada", &rp.request().with("prompt", "login").url()).await;
        assert_eq!(silently(&rp, &mut browsers[2]).await, "code");
    }

    async fn aut_10_a_wrong_password_an_unknown_and_a_disabled_person_look_the_same(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        op.person("grace").await.set_status(&op, UserStatus::Disabled).await;
        let mut seen = Vec::new();
        for (username, password) in
            [("ada", "wrong"), ("nobody", PASSWORD), ("grace", PASSWORD), ("nobody@example.com", "x")]
        {
            let page = browser.sign_in(username, password).await;
            seen.push((page.status, text(&page, username, &browser)));
        }
        assert_eq!(seen[0].0, 200);
        assert!(seen[0].1.contains("match") && seen.iter().all(|one| *one == seen[0]));
    }

    async fn a_wrong_password_of_another_account_does_not_show_the_first_one(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        op.person("grace").await;
        let again = browser.open(&rp.request().with("prompt", "login").url()).await;
        assert!(again.body.contains("readonly"), "{}", again.body);
        let still = browser.sign_in("ada", "wrong").await;
        assert!(still.body.contains("readonly"), "{}", still.body);
        let other = browser.sign_in("grace", "wrong").await;
        assert!(!other.body.contains("readonly") && other.body.contains("value=\"grace\""), "{}", other.body);
    }

    async fn a_person_signs_in_by_any_spelling_of_name_or_address(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        for name in ["ada", "ADA", " ada ", "Ada@Example.COM", "ａｄａ"] {
            let mut browser = op.browser();
            browser.open(&rp.request().url()).await;
            let answer = browser.sign_in(name, PASSWORD).await;
            assert!(answer.location().is_some() || browser.is_at("/consent"), "{name}: {}", answer.body);
        }
    }

    async fn an_empty_form_says_what_is_missing(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        assert!(browser.submit(&[("username", ""), ("password", "x")]).await.ok().body.contains("aria-invalid"));
        assert!(browser.submit(&[("username", "ada")]).await.ok().body.contains("aria-invalid"));
        assert!(browser.sign_in("ada", PASSWORD).await.status < 400);
    }

    async fn failures_are_followed_by_growing_delays(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        for _ in 0..5 {
            assert_eq!(browser.sign_in("ada", "wrong").await.status, 200);
        }
        // Even the right password has to wait now, and is told how long.
        let page = browser.sign_in("ada", PASSWORD).await;
        assert_eq!((page.status, page.header("retry-after")), (429, "1"));
        op.advance(seconds(1));
        assert_eq!(browser.sign_in("ada", "wrong").await.status, 200);
        assert_eq!(browser.sign_in("ada@example.com", "wrong").await.header("retry-after"), "2");
        op.advance(seconds(2));
        assert!(browser.sign_in("ada", PASSWORD).await.status < 400);
    }

    async fn a_name_that_nobody_has_is_delayed_like_a_known_one(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        for _ in 0..5 {
            browser.sign_in("nobody", "wrong").await;
        }
        assert_eq!(browser.sign_in("NOBODY", "wrong").await.status, 429);
        assert!(browser.sign_in("ada", PASSWORD).await.status < 400);
    }

    async fn a_success_ends_the_delays_and_replicas_count_together(op: TestOp) {
        let (rp, mut browser) = at_sign_in(&op).await;
        let replica = op.replica();
        for number in 0..4 {
            let at = if number % 2 == 0 { &op } else { &replica };
            assert_eq!(browser.through(at).sign_in("ada", "wrong").await.status, 200);
        }
        browser.sign_in("ada", PASSWORD).await;
        let mut again = op.browser();
        again.open(&rp.request().url()).await;
        for number in 0..5 {
            let at = if number % 2 == 0 { &op } else { &replica };
            assert_eq!(again.through(at).sign_in("ada", "wrong").await.status, 200);
        }
        assert_eq!(again.sign_in("ada", "wrong").await.status, 429);
    }

    async fn one_address_cannot_try_everybody(setup: Setup) {
        let op = setup.config("throttle.sign_in_address = \"3/1m\"").start();
        let (_, mut browser) = at_sign_in(&op).await;
        for name in ["a", "b", "c"] {
            assert_eq!(browser.sign_in(name, "wrong").await.status, 200);
        }
        assert_eq!(browser.sign_in("d", "wrong").await.status, 429);
        // Nor by saying that it is another one (PLT-02).
        for name in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"] {
            browser.headers = vec![(name, "for=203.0.113.7".to_owned())];
            assert_eq!(browser.sign_in("e", "wrong").await.status, 429, "{name}");
        }
    }

    async fn ses_10_a_form_without_its_token_or_from_another_site_is_refused(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        let form = browser.form();
        let csrf = form.hidden[0].1.as_str();
        let answer = browser.post(&form.action, &[("username", "ada"), ("password", PASSWORD)]).await;
        answer.refused(403, "invalid_request");
        for wrong in ["", "x", &csrf[1..], &format!("{csrf}x")] {
            let fields = [("csrf", wrong), ("username", "ada"), ("password", PASSWORD)];
            browser.post(&form.action, &fields).await.refused(403, "invalid_request");
        }
        let good = [("csrf", csrf), ("username", "ada"), ("password", PASSWORD)];
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            browser.headers = vec![(name, value.to_owned())];
            browser.post(&form.action, &good).await.refused(403, "invalid_request");
        }
        browser.headers.clear();
        assert!(!browser.cookies.contains_key(SESSION));
        assert!(browser.post(&form.action, &good).await.status < 400);
    }

    async fn ses_11_a_page_belongs_to_the_browser_that_began_it(op: TestOp) {
        let (rp, mine) = at_sign_in(&op).await;
        let (path, csrf) = (mine.path.clone(), mine.form().hidden[0].1.clone());
        let mut theirs = op.browser();
        theirs.open(&rp.request().url()).await;
        theirs.open(&path).await.refused(400, "invalid_request");
        let fields = [("csrf", csrf.as_str()), ("username", "ada"), ("password", PASSWORD)];
        theirs.post(&path, &fields).await.refused(400, "invalid_request");
        assert!(!theirs.cookies.contains_key(SESSION));
        theirs.open(&path.replace("/login/", "/authorize/")).await.refused(400, "invalid_request");
    }

    async fn ses_10_a_token_of_one_page_is_none_for_another(op: TestOp) {
        let (rp, mut browser) = at_sign_in(&op).await;
        let first = browser.form().hidden[0].1.clone();
        browser.open(&rp.request().url()).await;
        let second = browser.form();
        assert_ne!(first, second.hidden[0].1);
        let fields = [("csrf", first.as_str()), ("username", "ada"), ("password", PASSWORD)];
        browser.post(&second.action, &fields).await.refused(403, "invalid_request");
    }

    async fn a_page_that_was_used_or_waited_too_long_has_expired(op: TestOp) {
        let (rp, mut browser) = at_sign_in(&op).await;
        let used = browser.path.clone();
        browser.sign_in("ada", PASSWORD).await;
        browser.allow().await;
        browser.open(&used).await.refused(400, "invalid_request");
        browser.open(&rp.request().with("prompt", "login").url()).await;
        let waiting = browser.path.clone();
        op.advance(minutes(61));
        browser.open(&waiting).await.refused(400, "invalid_request");
    }

    async fn a_page_of_a_sign_in_that_is_over_leads_on(op: TestOp) {
        op.person("ada").await;
        // Bookmarked, in a browser that was never here: to the sign-in.
        let page = op.browser().open("/login/AAAAAAAAAAAAAAAAAAAAAA").await;
        page.refused(400, "invalid_request");
        assert!(page.body.contains("id=\"expired-sign-in\" href=\"/login\""), "{}", page.body);
        // To the application: where a login begins there, or its home page.
        let mut metadata = web_app();
        metadata["client_uri"] = json!("https://rp.example/home");
        for (start, leads_to) in [(None, "https://rp.example/home"), (Some("https://rp.example/start"), "/start/")] {
            if let Some(start) = start {
                metadata["initiate_login_uri"] = json!(start);
            }
            let (rp, mut browser) = (op.client(metadata.clone()).await, op.browser());
            browser.open(&rp.request().url()).await.ok();
            let waiting = browser.path.clone();
            op.advance(minutes(61));
            let page = browser.open(&waiting).await;
            page.refused(400, "invalid_request");
            let link = between(&page.body, "id=\"expired-return\" href=\"", "\"").unwrap();
            assert!(link.starts_with(leads_to), "{link}");
            // Who is signed in is told so.
            browser.walk(&rp.request().url()).await;
            let page = browser.open(&waiting).await;
            page.refused(400, "invalid_request");
            assert!(page.body.contains("ada Lovelace") && page.body.contains("signed in") && page.body.contains("expired-return"));
        }
        // To an application that cannot be started the way is home.
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.walk(&rp.request().url()).await;
        let page = browser.open("/login/AAAAAAAAAAAAAAAAAAAAAA").await;
        assert!(page.body.contains("id=\"expired-home\"") && !page.body.contains("expired-return"), "{}", page.body);
    }

    async fn other_ways_to_sign_in_stand_behind_one_word_that_works_without_a_script(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.named().config(&mailbox.config()).start();
        let mut browser = op.browser();
        let page = browser.open(&op.url("/login")).await;
        let folded = between(&page.body, "<details class=\"more other-ways\" id=\"login-others\">", "</details>").unwrap();
        assert!(folded.contains("<summary>") && folded.contains("id=\"login-mail\"") && folded.contains("id=\"lost-link\""));
        // Where a passkey did not work, they are in sight.
        let again = format!("{}?passkey=failed", browser.path);
        assert!(browser.open(&again).await.ok().body.contains("id=\"login-others\" open"));
    }

    async fn ses_02_the_cookie_changes_at_sign_in_and_the_old_one_is_dead(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        let old = browser.cookies[SESSION].clone();
        browser.open(&rp.request().with("prompt", "login").url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert_ne!(browser.cookies[SESSION], old);
        assert_eq!(silently(&rp, &mut browser).await, "code");
        let mut thief = op.browser();
        thief.cookies.insert(SESSION.into(), old);
        assert_eq!(silently(&rp, &mut thief).await, "login_required");
    }

    async fn ses_02_a_planted_cookie_is_never_taken_over(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        browser.cookies.insert(SESSION.into(), "planted-by-somebody-else".into());
        browser.sign_in("ada", PASSWORD).await;
        assert_ne!(browser.cookies[SESSION], "planted-by-somebody-else");
    }

    async fn rfc6265_8_6_a_session_cookie_that_came_twice_counts_as_none(op: TestOp) {
        let (rp, browser) = signed_in(&op).await;
        let twice = format!("{SESSION}={}; {SESSION}=other", browser.cookies[SESSION]);
        let url = rp.request().with("prompt", "none").url();
        let answer = Answer::of(rp.http.get(url).header("cookie", twice)).await;
        answer.refused(303, "login_required");
    }

    async fn ses_09_cookies_are_bound_to_the_host_and_hidden_from_scripts(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        let form = browser.form();
        let fields = [("csrf", form.hidden[0].1.as_str()), ("username", "ada"), ("password", PASSWORD)];
        let answer = browser.request(Method::POST, &form.action, Some(&fields)).await;
        let cookie = answer.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain"));
    }

    async fn a_disabled_person_is_out_at_once_on_every_replica(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser, replica) = (op.web_app().await, op.browser(), op.replica());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        ada.set_status(&op, UserStatus::Disabled).await;
        for at in [&op, &replica] {
            assert_eq!(silently(&rp.through(at), browser.through(at)).await, "login_required");
            rp.through(at).userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        }
        // What was begun before stays over when the person is let in again.
        ada.set_status(&op, UserStatus::Active).await;
        assert_eq!(silently(&rp, &mut browser).await, "login_required");
    }

    async fn a_session_survives_a_restart(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        browser.open(&rp.request().with("prompt", "login").url()).await;
        let op = op.restart();
        let rp = rp.through(&op);
        assert_eq!(silently(&rp, browser.clone().through(&op)).await, "code");
        let answer = browser.through(&op).sign_in("ada", PASSWORD).await;
        assert!(answer.query().contains_key("code"));
    }

    async fn another_replica_serves_any_step_of_a_flow(op: TestOp) {
        let (rp, mut browser) = at_sign_in(&op).await;
        let replica = op.replica();
        browser.through(&replica).sign_in("ada", PASSWORD).await;
        let answer = browser.through(&op).allow().await;
        assert!(answer.query().contains_key("code"));
        assert_eq!(silently(&rp, browser.through(&replica)).await, "code");
    }

    async fn ses_03_a_session_that_nobody_uses_ends(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        for _ in 0..3 {
            op.advance(minutes(100));
            assert_eq!(silently(&rp, &mut browser).await, "code");
        }
        op.advance(minutes(121));
        assert_eq!(silently(&rp, &mut browser).await, "login_required");
    }

    async fn ses_03_a_session_ends_however_much_it_is_used(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        for _ in 0..23 {
            op.advance(minutes(60));
            assert_eq!(silently(&rp, &mut browser).await, "code");
        }
        op.advance(minutes(60));
        assert_eq!(silently(&rp, &mut browser).await, "login_required");
    }

    async fn a_person_who_cancels_goes_back_with_access_denied(op: TestOp) {
        let (_, mut browser) = at_sign_in(&op).await;
        browser.submit(&[("decision", "cancel")]).await.refused(303, "access_denied");
        assert!(!browser.cookies.keys().any(|name| name.starts_with("lk_i_")));
    }

    async fn the_page_names_the_application_and_shows_nothing_of_it_unescaped(op: TestOp) {
        let mut metadata = crate::support::relying_party::web_app();
        metadata["client_name"] = "<img src=x onerror=alert(1)>".into();
        let rp = op.client(metadata).await;
        let page = op.browser().open(&rp.request().url()).await;
        assert!(page.ok().body.contains("rp.example") && !page.body.contains("<img src=x"));
    }

    async fn at_home_a_person_signs_in_for_nobody_else(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.open(&op.url("/login")).await;
        let home = browser.sign_in("ada", PASSWORD).await;
        assert!(home.ok().body.contains("ada Lovelace"));
        op.advance(days(2));
        assert!(!browser.open(&op.url("/")).await.ok().body.contains("ada Lovelace"));
    }
}
