//! Sign-in by a code or a link that is mailed.

use crate::support::answer::between;
use crate::support::mailbox::{Mail, Mailbox};
use crate::support::people::PASSWORD;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, Tokens, minutes};
use latchkey::model::address;
use latchkey::model::user::{self, UserStatus};
use latchkey::platform::http::cookies::SESSION;
use reqwest::Method;
use serde_json::json;

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let more = "[throttle]\nmail_account = \"off\"\nmail_address = \"off\"\n";
    (setup.config(&format!("{more}{}", mailbox.config())).start(), mailbox)
}

/// A browser that asked for a code for `name`, from the sign-in page.
async fn ask_at(op: &TestOp, url: &str, name: &str) -> Browser {
    let mut browser = op.browser();
    browser.open(url).await.ok();
    let action = between(&browser.page().body, "formaction=\"", "\"").expect("a way by mail");
    let (csrf, _) = (browser.csrf(), op);
    browser.post(&action, &[("csrf", &csrf), ("username", name), ("password", "")]).await.ok();
    assert!(browser.is_at("/login/mail") && browser.path.ends_with("/code"), "{}", browser.path);
    browser
}

async fn asked(op: &TestOp, mailbox: &Mailbox, name: &str) -> (Browser, Mail) {
    let browser = ask_at(op, &op.url("/login"), name).await;
    (browser, mailbox.newest(op).await)
}

fn path_of(mail: &Mail) -> String {
    mail.link().split_once("/login").map(|(_, end)| format!("/login{end}")).unwrap()
}

fn is_in(browser: &Browser) -> bool {
    browser.page().body.contains("ada Lovelace")
}

fn is_wrong(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.contains("is wrong or has expired")
}

async fn id_claims(rp: &RelyingParty, request: &crate::support::Request, answer: &Answer) -> serde_json::Value {
    let tokens = Tokens::of(rp.redeem(&answer.query()["code"], request).await.ok());
    rp.id_claims(&tokens.id_token).await
}

on_both_stores! {
    async fn oid_05_a_code_signs_in_as_one_factor(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let mut browser = ask_at(&op, &request.url(), "ada").await;
        let mail = mailbox.newest(&op).await;
        assert_eq!(mail.recipient, "ada@example.com");
        browser.submit(&[("code", &mail.code())]).await;
        let answer = if browser.is_at("/consent") { browser.allow().await } else { browser.page().clone() };
        let claims = id_claims(&rp, &request, &answer).await;
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["otp"]), &json!("1fa")));
    }

    async fn a_link_signs_in_by_a_click_in_the_browser_that_asked(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox, "ada").await;
        let path = path_of(&mail);
        // Scanners and other browsers use nothing up, and get in nowhere.
        for _ in 0..3 {
            let mut elsewhere = op.browser();
            assert!(elsewhere.open(&path).await.ok().body.contains("Use the browser where you started"));
            let posted = elsewhere.post(&path, &[("csrf", "x")]).await;
            assert!(!elsewhere.cookies.contains_key(SESSION) && posted.ok().body.contains("Use the browser where you started"));
        }
        browser.open(&path).await.ok();
        assert_eq!(browser.clone().post(&path, &[("csrf", "x")]).await.status, 403);
        browser.submit(&[]).await;
        assert!(is_in(&browser), "{}", browser.page().body);
        assert_eq!(browser.open(&path).await.status, 410);
    }

    async fn aut_10_known_and_unknown_accounts_are_answered_alike_also_by_codes(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        op.person("grace").await.set_status(&op, UserStatus::Disabled).await;
        let mut seen = Vec::new();
        for name in ["ada", "nobody", "grace", "nobody@example.com", "\u{202e}", "x y z"] {
            let mut browser = ask_at(&op, &op.url("/login"), name).await;
            mailbox.read(&op).await;
            let id = browser.path.split('/').nth(3).unwrap().to_owned();
            let mut said = Vec::new();
            for _ in 0..8 {
                let page = browser.submit(&[("code", "0000 0000")]).await;
                said.push((page.status, page.body.replace(&id, "").replace(&browser.csrf(), "")));
            }
            seen.push(said);
        }
        assert!(seen.iter().all(|one| *one == seen[0]));
        assert_eq!(mailbox.read(&op).await.len(), 1);
    }

    async fn aut_14_a_code_is_good_ten_minutes_five_tries_where_it_was_asked_for(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox, "ada").await;
        let (mut stranger, _) = asked(&op, &mailbox, "nobody").await;
        assert!(is_wrong(&stranger.submit(&[("code", &mail.code())]).await), "bound to its interaction");
        for _ in 0..5 {
            assert!(is_wrong(&browser.submit(&[("code", "0000 0000")]).await));
        }
        assert!(is_wrong(&browser.submit(&[("code", &mail.code())]).await), "five tries");
        let (mut browser, mail) = asked(&op, &mailbox, "ada").await;
        op.advance(minutes(10));
        assert!(is_wrong(&browser.submit(&[("code", &mail.code())]).await), "ten minutes");
        assert_eq!(browser.open(&path_of(&mail)).await.status, 410);
    }

    async fn a_used_code_ends_those_beside_it_and_one_is_not_good_for_who_is_disabled(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let (mut first, old) = asked(&op, &mailbox, "ada").await;
        let (mut beside, other) = asked(&op, &mailbox, "ada@example.com").await;
        first.submit(&[("code", &old.code())]).await.ok();
        assert!(is_in(&first));
        assert!(is_wrong(&beside.submit(&[("code", &other.code())]).await));
        let (mut second, new) = asked(&op, &mailbox, "ada@example.com").await;
        ada.set_status(&op, UserStatus::Disabled).await;
        assert!(is_wrong(&second.submit(&[("code", &new.code())]).await), "nor is it good for who is disabled");
    }

    async fn aut_13_a_code_used_a_hundred_times_at_once_signs_in_once(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (browser, mail) = asked(&op, &mailbox, "ada").await;
        let (form, code, replica) = (browser.form(), mail.code(), op.replica());
        let tries = (0..100).map(|number| {
            let (mut browser, form, code) = (browser.clone(), form.clone(), code.clone());
            if number % 2 == 1 {
                browser.through(&replica);
            }
            async move {
                let mut fields: Vec<_> = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                fields.push(("code", code.as_str()));
                browser.request(Method::POST, &form.action, Some(&fields)).await;
                browser.cookies.contains_key(SESSION)
            }
        });
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.into_iter().filter(|signed_in| *signed_in).count(), 1);
    }

    async fn i6_who_has_a_second_factor_is_asked_for_it_after_the_code(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let (app, _) = ada.enrol(&op).await;
        let rp = op.web_app().await;
        let request = rp.request();
        let mut browser = ask_at(&op, &request.url(), "ada").await;
        let mail = mailbox.newest(&op).await;
        browser.submit(&[("code", &mail.code())]).await;
        assert!(browser.is_at("/login/code") && !browser.cookies.contains_key(SESSION), "{}", browser.path);
        browser.submit(&[("code", &app.code(&op))]).await;
        let answer = if browser.is_at("/consent") { browser.allow().await } else { browser.page().clone() };
        let claims = id_claims(&rp, &request, &answer).await;
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["otp", "mfa"]), &json!("2fa")));
    }

    async fn a_code_to_an_address_that_was_removed_meanwhile_is_a_proof_no_more(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let (app, _) = ada.enrol(&op).await;
        let (mut browser, mail) = asked(&op, &mailbox, "ada").await;
        browser.submit(&[("code", &mail.code())]).await;
        assert!(browser.is_at("/login/code"), "{}", browser.path);
        let gone = ada.id.clone();
        op.write(move |tx| address::store::remove(tx, &gone, "ada@example.com")).await;
        browser.submit(&[("code", &app.code(&op))]).await;
        assert!(!is_in(&browser) && !browser.cookies.contains_key(SESSION), "{}", browser.path);
    }

    async fn a_letter_goes_to_a_proved_address_alone(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let (ada, now) = (op.person("ada").await, op.now());
        let id = ada.id.clone();
        op.write(move |tx| {
            let user = user::store::find(tx, &id)?.unwrap();
            let claims = user::save::patched(&user.claims, json!({ "email": "typo@example.com" }).as_object().unwrap(), now);
            user::save::store::update(tx, &user, None, &claims, now)
        })
        .await
        .unwrap();
        ask_at(&op, &op.url("/login"), "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 0, "whoever reads there was never asked");
    }

    async fn without_mail_or_switched_off_there_is_no_such_way(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&format!("{}\n[features]\nmail_code = false", mailbox.config())).start();
        op.person("ada").await;
        let mut browser = op.browser();
        assert!(!browser.open(&op.url("/login")).await.ok().body.contains("login-mail"));
        let id = browser.path.split('/').nth(2).unwrap().to_owned();
        assert_eq!(browser.open(&format!("/login/mail/{id}")).await.status, 404);
        assert!(browser.open(&op.url("/login")).await.ok().body.contains("id=\"password\"") && PASSWORD.len() > 8);
    }
}
