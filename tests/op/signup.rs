//! Signing up: an account belongs to whom an email reached.

use crate::support::answer::focused;
use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Setup, TestOp, Tokens};
use latchkey::model::one_time::{self, Asked, Purpose};
use latchkey::pages::letter::{About, Letter};
use latchkey::platform::paths::{MailFlow, Screen};
use serde_json::json;

fn begin(setup: Setup, mode: &str) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    (setup.config(&mailbox.config()).config(&format!("[signup]\nmode = \"{mode}\"")).start(), mailbox)
}

/// A browser that asked for an account with this address.
async fn ask(op: &TestOp, address: &str) -> Browser {
    let mut browser = op.browser();
    browser.open(&op.url("/signup")).await.ok();
    browser.submit(&[("email", address)]).await.ok();
    assert!(browser.is_at("/code"), "{}", browser.path);
    browser
}

const ADA: [(&str, &str); 3] = [("name", "Ada Lovelace"), ("username", "Ada"), ("password", PASSWORD)];

fn with_code(code: &str) -> Vec<(&str, &str)> {
    std::iter::once(("code", code)).chain(ADA).collect()
}

async fn signs_in(op: &TestOp, name: &str) -> bool {
    let mut browser = op.browser();
    browser.open(&op.url("/login")).await;
    browser.sign_in(name, PASSWORD).await.body.contains("Ada Lovelace")
}

on_both_stores! {
    async fn oid_15_an_account_is_made_by_whom_the_letter_reached_and_its_address_is_verified(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        let mut browser = ask(&op, "Ada@Example.org").await;
        let mail = mailbox.newest(&op).await;
        assert!(!signs_in(&op, "ada@example.org").await);
        let mut again = browser.clone();
        assert!(browser.submit(&with_code(&mail.code())).await.ok().body.contains("You’re signed in"));
        assert!(signs_in(&op, "ada").await && signs_in(&op, "ada@example.org").await);
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert_eq!((claims["email"].as_str(), claims["email_verified"].as_bool()), (Some("Ada@Example.org"), Some(true)));
        assert_eq!(again.submit(&with_code(&mail.code())).await.status, 400, "the page ended with the sign-up");
    }

    async fn aut_10_an_address_that_has_an_account_is_answered_alike_and_told_by_letter(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        op.person("ada").await;
        let (known, unknown) = (ask(&op, "ADA@example.com").await, ask(&op, "nobody@example.com").await);
        let text = |browser: &Browser| {
            let id = browser.path.split('/').nth(2).unwrap().to_owned();
            browser.page().body.replace(&id, "").replace(&browser.form().hidden[0].1, "")
        };
        assert_eq!(text(&known), text(&unknown));
        let mails = mailbox.read(&op).await;
        let to = |address: &str| mails.iter().find(|mail| mail.recipient == address).unwrap();
        assert!(to("ADA@example.com").letter.subject.contains("have a"));
        assert!(to("nobody@example.com").link().contains("/signup/link/"));
    }

    async fn what_was_typed_wrong_is_said_and_uses_nothing_up(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        let grace = op.person("grace").await;
        let mut browser = ask(&op, "ada@example.org").await;
        let code = mailbox.newest(&op).await.code();
        for (name, username, password, says) in [
            ("", "ada", PASSWORD, "name-error"),
            ("Ada", "a b", PASSWORD, "username-error"),
            ("Ada", "admin", PASSWORD, "username-error"),
            ("Ada", "x@example.org", PASSWORD, "username-error"),
            ("Ada", "01a200f4-0ece-753b-b6ed-3c1933e2f898", PASSWORD, "username-error"),
            ("Ada", "sub:ada", PASSWORD, "username-error"),
            ("Ada", "ada", "short", "password-error"),
            ("Ada", "GRACE", PASSWORD, "is taken"),
            ("Ada", &grace.sub, PASSWORD, "is taken"),
        ] {
            let form = [("code", code.as_str()), ("name", name), ("username", username), ("password", password)];
            assert!(browser.submit(&form).await.ok().body.contains(says), "{username} {says}");
        }
        browser.submit(&with_code(&code)).await.ok();
        assert!(signs_in(&op, "ada").await);
    }

    async fn a_link_makes_one_account_however_often_it_is_used_at_once(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        ask(&op, "ada@example.org").await;
        let link = mailbox.newest(&op).await.link();
        assert!(op.browser().open(&link).await.ok().body.contains("ada@example.org"));
        let path = format!("/signup{}", link.split_once("/signup").unwrap().1);
        let uses = (0..20).map(|number| {
            let (mut browser, path, name) = (op.browser(), path.clone(), format!("ada{number}"));
            async move { browser.post(&path, &[("name", "Ada"), ("username", &name), ("password", PASSWORD)]).await.status }
        });
        let done = futures_util::future::join_all(uses).await;
        assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
    }

    async fn create_1_0_prompt_create_leads_to_sign_up_and_back(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        let metadata = op.browser().open(&op.url("/.well-known/openid-configuration")).await.json();
        assert!(metadata["prompt_values_supported"].as_array().unwrap().contains(&"create".into()));
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let request = rp.request().with("prompt", "create");
        browser.open(&request.url()).await.ok();
        assert!(browser.is_at("/signup"), "{}", browser.path);
        browser.submit(&[("email", "ada@example.org")]).await.ok();
        browser.submit(&with_code(&mailbox.newest(&op).await.code())).await.ok();
        assert!(browser.is_at("/consent"), "{}", browser.path);
        let answer = browser.allow().await;
        let tokens = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        let claims = rp.id_claims(&tokens.id_token).await;
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["otp"]), &json!("1fa")), "what was proved, no more");
    }

    async fn where_people_cannot_sign_up_nothing_leads_there(setup: Setup) {
        let stores = setup.stores();
        let (invite, _mailbox) = begin(setup, "invite");
        for op in [invite, Setup::new(stores).start()] {
            assert!(!op.browser().open(&op.url("/login")).await.body.contains("signup"));
            let mut browser = op.browser();
            assert_eq!(browser.open(&op.url("/signup")).await.status, 404);
            let rp = op.web_app().await;
            let answer = op.browser().open(&rp.request().with("prompt", "create").url()).await;
            assert_eq!(answer.error(), "invalid_request");
        }
    }

    async fn an_invitation_makes_an_account_where_nobody_else_can_sign_up(setup: Setup) {
        let (op, mailbox) = begin(setup, "invite");
        let asked = Asked {
            purpose: Purpose::Invitation,
            subject: "an address",
            binding: None,
            payload: r#"{"address":"ada@example.org","locales":""}"#.into(),
            lifetime: one_time::INVITATION_LIFETIME,
        };
        let (new, secrets) = op.op.one_time(&asked);
        let link = op.op.config.issuer.endpoint(Screen::MailLink(MailFlow::SignUp).at(&secrets.link));
        let letter = Letter { to: "ada@example.org".into(), name: None, locales: None, about: About::Invitation { link } };
        let (letter, now) = (op.op.letter(&letter), op.now());
        op.write(move |tx| {
            one_time::store::insert(tx, &new)?;
            letter.post(tx, now)
        })
        .await;
        let mut browser = op.browser();
        browser.open(&mailbox.newest(&op).await.link()).await.ok();
        assert!(browser.submit(&ADA).await.ok().body.contains("You’re signed in"));
        assert!(signs_in(&op, "ada").await);
    }

    async fn all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(setup: Setup) {
        let (op, mailbox) = begin(setup, "open");
        op.person("grace").await;
        let mut browser = ask(&op, "ada@example.org").await;
        let code = mailbox.newest(&op).await.code();
        let form = [("code", "0000 0000"), ("name", ""), ("username", "a b"), ("password", "short")];
        let page = browser.submit(&form).await;
        for field in ["code", "name", "username", "password"] {
            assert!(!page.body.contains(&format!("id=\"{field}-error\" role=\"alert\" hidden")), "{field}");
        }
        assert!(page.body.contains("value=\"0000 0000\"") && page.body.contains("value=\"a b\""), "{}", page.body);
        assert_eq!(focused(&page), ["code"]);
        // A name that is taken is told of to whom the email reached alone, with the rest.
        let taken = |code| [("code", code), ("name", "Ada"), ("username", "grace"), ("password", "short")];
        assert!(!browser.submit(&taken("0000 0000")).await.body.contains("is taken"));
        let page = browser.submit(&taken(&code)).await;
        assert!(page.body.contains("is taken") && !page.body.contains("id=\"password-error\" role=\"alert\" hidden"));
        assert_eq!(focused(&page), ["username"]);
        browser.submit(&with_code(&code)).await.ok();
        assert!(signs_in(&op, "ada").await);
    }

    async fn a_browser_that_was_not_seen_before_is_told_of_by_letter(setup: Setup) {
        let (op, mailbox) = begin(setup, "off");
        op.person("ada").await;
        let sign_in = async |agent: &str| {
            let mut browser = op.browser();
            browser.headers.push(("user-agent", agent.to_owned()));
            browser.open(&op.url("/login")).await.ok();
            browser.sign_in("ada", PASSWORD).await.ok();
        };
        sign_in("one").await;
        sign_in("one").await;
        assert_eq!(mailbox.read(&op).await.len(), 0);
        sign_in("two").await;
        let mail = mailbox.newest(&op).await;
        assert!(mail.letter.subject.contains("New sign-in") && mail.letter.text.contains("two"));
    }
}
