//! A forgotten password: who may set a new one, and what nobody learns on the way.

use crate::support::answer::focused;
use crate::support::mailbox::{LATER, Mail, Mailbox, TAKEN};
use crate::support::people::PASSWORD;
use crate::support::{Answer, Browser, Setup, TestOp, Tokens, minutes};
use latchkey::model::credential;
use latchkey::model::one_time::{self, Asked, Purpose, Tried};
use latchkey::model::user::UserStatus;
use latchkey::platform::http::cookies::SESSION;
use serde_json::json;

const NEW: &str = "difference engine number two";

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    (setup.config(&mailbox.config()).start(), mailbox)
}

/// A browser that asked for a new password for `name`.
async fn ask(op: &TestOp, name: &str) -> Browser {
    let mut browser = op.browser();
    browser.open(&op.url("/recovery")).await.ok();
    browser.submit(&[("username", name)]).await.ok();
    assert!(browser.is_at("/code"), "{}", browser.path);
    browser
}

async fn asked(op: &TestOp, mailbox: &Mailbox) -> (Browser, Mail) {
    let browser = ask(op, "ada").await;
    (browser, mailbox.newest(op).await)
}

async fn signs_in(op: &TestOp, password: &str) -> bool {
    let mut browser = op.browser();
    browser.open(&op.url("/login")).await;
    browser.sign_in("ada", password).await.body.contains("ada Lovelace")
}

/// A page without what differs from page to page.
fn text(page: &Answer, browser: &Browser) -> String {
    let id = browser.path.split('/').nth(2).unwrap().to_owned();
    let secrets = browser.form().hidden.into_iter().map(|(_, value)| value).chain([id]);
    secrets.fold(page.body.clone(), |body, secret| body.replace(&secret, ""))
}

on_both_stores! {
    async fn a_code_sets_a_new_password_and_ends_every_session(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut other = op.browser();
        let tokens = rp.sign_in(&mut other, &rp.request()).await;
        let offline = rp.request().with("scope", "openid offline_access");
        let offline = rp.sign_in(&mut op.browser(), &offline).await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        assert_eq!(mail.recipient, "ada@example.com");
        let done = browser.submit(&[("code", &mail.code()), ("password", NEW)]).await;
        assert!(done.ok().body.contains("ada Lovelace"), "and signs in");
        assert!(signs_in(&op, NEW).await && !signs_in(&op, PASSWORD).await);
        // SES-05: who came in by the old one is out, with the tokens that ended with the session.
        assert!(!other.open(&op.url("/")).await.body.contains("ada Lovelace"));
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
        // RFC 9700 §4.14.2: and with what was meant to outlive it, since whoever had it may have been a stranger.
        rp.refresh(&offline.refresh_token).await.refused(400, "invalid_grant");
        // AUT-18: and the person is told.
        assert!(mailbox.newest(&op).await.letter.subject.contains("password was changed"));
    }

    async fn a_link_works_in_another_browser_and_looking_at_it_uses_nothing_up(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (_, mail) = asked(&op, &mailbox).await;
        for _ in 0..5 {
            op.browser().open(&mail.link()).await.ok();
        }
        let mut elsewhere = op.browser();
        elsewhere.open(&mail.link()).await.ok();
        elsewhere.submit(&[("password", NEW)]).await.ok();
        assert!(signs_in(&op, NEW).await);
        assert_eq!(op.browser().open(&mail.link()).await.status, 410);
    }

    async fn aut_10_known_and_unknown_accounts_are_answered_alike(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        op.person("grace").await.set_status(&op, UserStatus::Disabled).await;
        let mut seen = Vec::new();
        for name in ["ada", "nobody", "grace", "nobody@example.com", "\u{202e}", "x y z"] {
            let browser = ask(&op, name).await;
            seen.push((browser.page().status, text(browser.page(), &browser)));
        }
        assert!(seen.iter().all(|one| *one == seen[0]));
        assert_eq!(mailbox.read(&op).await.len(), 1);
    }

    async fn aut_16_a_sign_in_ends_what_waits(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut first, old) = asked(&op, &mailbox).await;
        let (mut second, new) = asked(&op, &mailbox).await;
        assert!(signs_in(&op, PASSWORD).await);
        assert!(first.submit(&[("code", &old.code()), ("password", NEW)]).await.ok().body.contains("is wrong or has expired"));
        assert_eq!(op.browser().open(&old.link()).await.status, 410);
        assert!(second.submit(&[("code", &new.code()), ("password", NEW)]).await.ok().body.contains("is wrong or has expired"));
    }

    async fn aut_14_a_code_ends_after_ten_minutes_and_a_link_after_an_hour(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        op.advance(minutes(10));
        assert!(browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok().body.contains("is wrong or has expired"));
        op.browser().open(&mail.link()).await.ok();
        op.advance(minutes(50));
        assert_eq!(op.browser().open(&mail.link()).await.status, 410);
    }

    async fn aut_14_a_code_is_tried_five_times_and_only_where_it_was_asked_for(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        let mut stranger = ask(&op, "nobody").await;
        assert!(stranger.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok().body.contains("is wrong or has expired"));
        for _ in 0..5 {
            let page = browser.submit(&[("code", "0000 0000"), ("password", NEW)]).await;
            assert!(page.ok().body.contains("is wrong or has expired"));
            // AUT-10: where there is no account, a code is refused in the same words, however often.
            let page = stranger.submit(&[("code", "0000 0000"), ("password", NEW)]).await;
            assert!(page.ok().body.contains("is wrong or has expired"));
        }
        assert!(browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok().body.contains("is wrong or has expired"));
        assert!(signs_in(&op, PASSWORD).await);
    }

    async fn a_password_that_is_too_weak_costs_no_try(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        for weak in ["short", "", "aaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnopqrst"].repeat(3) {
            let page = browser.submit(&[("code", &mail.code()), ("password", weak)]).await;
            assert!(page.ok().body.contains("password-error"), "{weak}");
        }
        let personal = browser.submit(&[("code", &mail.code()), ("password", "Ada.Lovelace@example.com")]).await;
        assert!(personal.ok().body.contains("your own name"));
        browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok();
        assert!(signs_in(&op, NEW).await);
    }

    async fn three_letters_an_hour_reach_one_account_and_ten_are_asked_for_from_one_address(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        for _ in 0..10 {
            ask(&op, "ada").await;
        }
        assert_eq!(mailbox.read(&op).await.len(), 3);
        let mut browser = op.browser();
        browser.open(&op.url("/recovery")).await.ok();
        let page = browser.submit(&[("username", "ada")]).await;
        assert_eq!((page.status, page.header("retry-after")), (429, "3600"));
    }

    async fn f_23_the_answer_is_the_same_while_the_mail_server_is_away(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        mailbox.answers(LATER);
        let mut browser = ask(&op, "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 0);
        mailbox.answers(TAKEN);
        op.advance(minutes(1));
        let mail = mailbox.newest(&op).await;
        browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok();
        assert!(signs_in(&op, NEW).await);
    }

    async fn ses_11_the_way_back_leads_to_the_application_that_was_waiting(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let request = rp.request();
        let page = browser.open(&request.url()).await;
        let link = crate::support::answer::between(&page.body, "id=\"recovery-link\" href=\"", "\"").unwrap();
        browser.open(&link).await.ok();
        browser.submit(&[("username", "ada@example.com")]).await.ok();
        let mail = mailbox.newest(&op).await;
        browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok();
        assert!(browser.is_at("/consent"), "{}", browser.path);
        let answer = browser.allow().await;
        let tokens = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        let claims = rp.id_claims(&tokens.id_token).await;
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["otp"]), &json!("1fa")), "what was proved, no more");
    }

    async fn i6_who_has_a_second_factor_is_asked_for_it_before_anybody_is_signed_in(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let (app, _) = ada.enrol(&op).await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok();
        assert!(browser.is_at("/login/code") && !browser.cookies.contains_key(SESSION), "{}", browser.path);
        browser.type_code("000000").await.ok();
        assert!(!browser.cookies.contains_key(SESSION));
        browser.type_code(&app.code(&op)).await.ok();
        assert!(browser.cookies.contains_key(SESSION));
        // By the link in another browser, too.
        ask(&op, "ada").await;
        let mut elsewhere = op.browser();
        elsewhere.open(&mailbox.newest(&op).await.link()).await.ok();
        elsewhere.submit(&[("password", &format!("{NEW} again"))]).await.ok();
        assert!(elsewhere.is_at("/login/code") && !elsewhere.cookies.contains_key(SESSION), "{}", elsewhere.path);
    }

    async fn a_wrong_code_keeps_what_was_typed_and_both_faults_are_shown_at_once(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let (mut browser, mail) = asked(&op, &mailbox).await;
        let page = browser.submit(&[("code", "0000 0000"), ("password", "short")]).await;
        for field in ["code", "password"] {
            assert!(!page.ok().body.contains(&format!("id=\"{field}-error\" role=\"alert\" hidden")), "{field}");
        }
        assert!(page.body.contains("value=\"0000 0000\"") && !page.body.contains("value=\"short\""));
        assert_eq!(focused(&page), ["code"]);
        let page = browser.submit(&[("code", &mail.code()), ("password", "short")]).await;
        assert_eq!(focused(&page), ["password"]);
        browser.submit(&[("code", &mail.code()), ("password", NEW)]).await.ok();
        assert!(signs_in(&op, NEW).await);
    }

    async fn without_mail_there_is_no_such_page(op: TestOp) {
        assert!(!op.browser().open(&op.url("/login")).await.body.contains("recovery"));
        assert_eq!(op.browser().open(&op.url("/recovery")).await.status, 404);
    }

    async fn a_one_time_code_used_a_hundred_times_at_once_succeeds_once(setup: Setup) {
        let (op, _) = begin(setup);
        let asked = Asked {
            purpose: Purpose::Recovery,
            subject: "ada",
            binding: Some("here"),
            payload: "{}".into(),
            lifetime: minutes(60),
        };
        let (new, secrets) = op.op.one_time(&asked);
        op.write(move |tx| one_time::store::insert(tx, &new)).await;
        let replica = op.replica();
        let hash = one_time::code_hash(&op.op.pepper, Purpose::Recovery, "here", &secrets.code);
        let now = op.now();
        let uses = (0..100).map(|number| {
            let (at, hash) = (if number % 2 == 0 { &op } else { &replica }, hash.clone());
            at.op.db.write(move |tx| match one_time::store::try_code(tx, Purpose::Recovery, "here", &hash, now)? {
                Tried::Right(one) => one_time::store::spend(tx, &one.id, now),
                Tried::Wrong | Tried::Over => Ok(false),
            })
        });
        let done = futures_util::future::join_all(uses).await;
        assert_eq!(done.into_iter().filter(|one| matches!(one, Ok(true))).count(), 1);
    }

    async fn a_link_used_a_hundred_times_at_once_sets_one_password(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let (_, mail) = asked(&op, &mailbox).await;
        let path = mail.link().split_once("/recovery").map(|(_, end)| format!("/recovery{end}")).unwrap();
        let uses = (0..20).map(|number| {
            let (mut browser, path) = (op.browser(), path.clone());
            async move { browser.post(&path, &[("password", &format!("{NEW} {number}"))]).await.status }
        });
        let done = futures_util::future::join_all(uses).await;
        assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
        let version = op.write(move |tx| credential::store::find_password(tx, &ada.id)).await.unwrap().version;
        assert_eq!(version, 2);
    }
}
