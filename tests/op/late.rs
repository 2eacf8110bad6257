//! What a request was let in by is asked again when it is done: a body may take ten seconds to come, and a password may
//! wait for its turn. Who was locked out meanwhile changes nothing and begins nothing.

use crate::account_api::{Holder, problem};
use crate::support::answer::between;
use crate::support::authenticator::App;
use crate::support::people::{PASSWORD, Person};
use crate::support::wire::others_are_served;
use crate::support::{Answer, Browser, TestOp, minutes, seconds};
use futures_util::FutureExt as _;
use latchkey::model::end_reason::EndReason;
use latchkey::model::user::UserStatus;
use latchkey::model::{consent, credential, session};
use latchkey::platform::http::cookies::SESSION;
use latchkey::platform::id;
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use serde_json::json;
use std::future::Future;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

const NEW: &str = "difference engine number two";
const ENROL: &str = "/account/security/authenticator";

/// Ends every session of a person, past the code under test.
async fn end_sessions(op: &TestOp, person: &Person) {
    let (id, now) = (person.id.clone(), op.now());
    let ended = op.write(move |tx| {
        let sessions = session::store::list(tx, &id, now)?;
        for listed in &sessions {
            session::store::end(tx, &listed.id, EndReason::Operator, now)?;
        }
        Ok(sessions.len())
    });
    assert!(ended.await > 0);
}

/// The hash of [`NEW`].
async fn new_hash(op: &TestOp) -> String {
    op.op.passwords.hash(&Secret::new(NEW.to_owned())).await.unwrap().expose().clone()
}

/// Replaces a person's password a second later, past the code under test.
async fn replace_password(op: &TestOp, person: &Person, phc: &str) {
    op.advance(seconds(1));
    let (id, phc, now) = (person.id.clone(), phc.to_owned(), op.now());
    let row = id::new(now, &OsRandom);
    op.write(move |tx| credential::store::set_password(tx, &row, &id, &phc, now)).await;
}

#[track_caller]
fn asked_to_sign_in(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 303, "{what}: {}", answer.body);
    assert!(answer.location().is_some_and(|to| to.contains("/login/")), "{what}: {:?}", answer.location());
}

/// Whether an answer puts somebody in a session.
fn signs_in(answer: &Answer) -> bool {
    let mut cookies = answer.headers.get_all("set-cookie").iter();
    cookies.any(|cookie| cookie.to_str().unwrap().starts_with(&format!("{SESSION}=")))
}

/// Passwords wait until the sender is dropped: every worker of the pool is busy.
async fn while_passwords_wait<T>(
    op: &TestOp,
    asked: impl Future<Output = T>,
    meanwhile: impl Future<Output = ()>,
) -> T {
    let (held, release): (Sender<()>, _) = channel();
    let release = Arc::new(Mutex::new(release));
    let work = || {
        let release = Arc::clone(&release);
        Box::pin(op.op.passwords.beside(move || release.lock().unwrap().recv().is_err()))
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut busy: Vec<_> = (0..workers).map(|_| work()).collect();
    // Asked once, each has its place in the line.
    assert!(busy.iter_mut().all(|work| work.now_or_never().is_none()));
    let meanwhile = async {
        others_are_served(op).await;
        meanwhile.await;
        drop(held);
    };
    futures_util::future::join(asked, meanwhile).await.0
}

/// A form of the console as the page at `path` would send it.
async fn at_console(op: &TestOp, path: &str) -> Browser {
    let mut browser = op.browser();
    browser.console("ada", path).await.ok();
    assert!(browser.is_at(path), "{}", browser.path);
    browser
}

/// The authenticator app that a page offers, and the form that confirms it.
fn enrolment(op: &TestOp, browser: &Browser) -> Vec<(String, String)> {
    let app = App::typed(&between(&browser.page().body, "id=\"secret\" translate=\"no\">", "<").unwrap());
    let mut fields = browser.form().hidden;
    fields.push(("code".to_owned(), app.code(op)));
    fields
}

on_both_stores! {
    async fn a_session_that_ends_while_a_form_is_on_its_way_changes_nothing(op: TestOp) {
        let ada = op.person("ada").await;
        let forms: [(&str, &[(&str, &str)]); 8] = [
            ("/account/profile", &[("version", "1"), ("nickname", "Mallory")]),
            ("/account/appearance", &[("version", "1"), ("theme", "dark"), ("language", "")]),
            ("/account/addresses", &[("action", "add"), ("email", "mallory@example.com")]),
            ("/account/security/password", &[("current", PASSWORD), ("new", NEW)]),
            ("/account/security/recovery-codes", &[("action", "codes")]),
            ("/account/sessions", &[("end", "others")]),
            ("/account/data", &[]),
            ("/account/data/delete", &[("confirm", "ada")]),
        ];
        for (path, fields) in forms {
            let browser = at_console(&op, path).await;
            let csrf = browser.csrf();
            let all: Vec<_> = std::iter::once(("csrf", csrf.as_str())).chain(fields.iter().copied()).collect();
            let before = ada.events(&op).await;
            let answer = browser.raw(path, &all).send_late(&op, end_sessions(&op, &ada)).await;
            asked_to_sign_in(&answer, path);
            assert_eq!(ada.events(&op).await, before, "{path}");
        }
    }

    async fn whoever_is_locked_out_while_the_code_is_on_its_way_enrols_no_authenticator(op: TestOp) {
        let ada = op.person("ada").await;
        let browser = at_console(&op, ENROL).await;
        let owner = at_console(&op, "/account").await;
        let fields = enrolment(&op, &browser);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.raw(ENROL, &fields).send_late(&op, end_sessions(&op, &ada)).await;
        asked_to_sign_in(&answer, "enrol");
        // Whoever signs in next is asked for a password alone.
        let mut next = owner;
        next.console("ada", "/account").await.ok();
        assert!(next.is_at("/account"), "{}", next.path);
        assert!(!ada.events(&op).await.contains(&"authenticator.enrolled".to_owned()));
    }

    async fn a_person_who_is_disabled_while_the_form_is_on_its_way_gets_no_address(op: TestOp) {
        let ada = op.person("ada").await;
        let browser = at_console(&op, "/account/addresses").await;
        let csrf = browser.csrf();
        let before = ada.events(&op).await;
        let fields = [("csrf", csrf.as_str()), ("action", "add"), ("email", "mallory@example.com")];
        let disabled = ada.set_status(&op, UserStatus::Disabled);
        asked_to_sign_in(&browser.raw("/account/addresses", &fields).send_late(&op, disabled).await, "disabled");
        assert_eq!(ada.events(&op).await, before);
    }

    async fn aut_06_a_sign_in_that_is_too_old_when_the_form_has_come_is_asked_for_again(op: TestOp) {
        let ada = op.person("ada").await;
        let browser = at_console(&op, "/account/data/delete").await;
        let csrf = browser.csrf();
        op.advance(minutes(9));
        let raw = browser.raw("/account/data/delete", &[("csrf", &csrf), ("confirm", "ada")]);
        let answer = raw.send_late(&op, async { op.advance(minutes(2)) }).await;
        asked_to_sign_in(&answer, "not fresh");
        assert!(!ada.events(&op).await.contains(&"user.leaving".to_owned()));
    }

    async fn rfc6750_3_1_a_token_that_is_revoked_while_the_body_is_on_its_way_changes_nothing(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let tag = holder.read("/profile").await.header("etag").to_owned();
        let change = holder.raw("PATCH", "/profile", Some(&tag), &json!({"nickname": "Mallory"}));
        let answer = change.send_late(&op, async { drop(holder.rp().revoke(holder.token()).await) }).await;
        problem(&answer, 401, "invalid_token");
        assert!(answer.header("www-authenticate").contains("invalid_token"));
        assert!(!holder.person.events(&op).await.contains(&"user.updated".to_owned()));
    }

    async fn a_person_who_is_disabled_while_the_body_is_on_its_way_changes_nothing_by_the_api(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let before = holder.person.events(&op).await;
        let change = holder.raw("POST", "/addresses", None, &json!({"address": "mallory@example.com"}));
        let answer = change.send_late(&op, holder.person.set_status(&op, UserStatus::Disabled)).await;
        problem(&answer, 401, "invalid_token");
        assert_eq!(holder.person.events(&op).await, before);
    }

    async fn a_session_that_ends_while_a_password_waits_for_its_turn_changes_no_password(op: TestOp) {
        let ada = op.person("ada").await;
        let mut browser = at_console(&op, "/account/security/password").await;
        let fields = [("csrf", browser.csrf()), ("current", PASSWORD.to_owned()), ("new", NEW.to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let change = browser.request(reqwest::Method::POST, "/account/security/password", Some(&fields));
        let answer = while_passwords_wait(&op, change, end_sessions(&op, &ada)).await;
        asked_to_sign_in(&answer, "password");
        op.browser().console("ada", "/account").await.ok();
        assert!(!ada.events(&op).await.contains(&"user.password_changed".to_owned()));
    }

    async fn a_consent_is_not_stored_once_the_session_has_ended(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await.ok();
        assert!(browser.is_at("/consent"), "{}", browser.path);
        let form = browser.form();
        let fields = [("csrf", form.hidden[0].1.as_str()), ("decision", "allow")];
        browser.raw(&form.action, &fields).send_late(&op, end_sessions(&op, &ada)).await;
        let id = ada.id.clone();
        assert!(op.write(move |tx| consent::store::list(tx, &id)).await.is_empty());
    }

    async fn a_password_that_was_replaced_while_it_waited_to_be_verified_begins_no_session(op: TestOp) {
        let (ada, phc) = (op.person("ada").await, new_hash(&op).await);
        let mut browser = op.browser();
        browser.open(&op.url("/login")).await.ok();
        while_passwords_wait(&op, browser.sign_in("ada", PASSWORD), replace_password(&op, &ada, &phc)).await.ok();
        assert!(browser.is_at("/login") && !browser.cookies.contains_key(SESSION), "{}", browser.path);
        assert!(!ada.events(&op).await.contains(&"session.started".to_owned()));
        // The page takes the new one.
        browser.sign_in("ada", NEW).await.ok();
        assert!(browser.cookies.contains_key(SESSION));
    }

    async fn a_code_does_not_follow_a_password_that_is_replaced_while_it_is_on_its_way(op: TestOp) {
        let (ada, phc) = (op.person("ada").await, new_hash(&op).await);
        let (app, _) = ada.enrol(&op).await;
        let mut browser = op.browser();
        browser.open(&op.url("/login")).await.ok();
        browser.sign_in("ada", PASSWORD).await.ok();
        assert!(browser.is_at("/login/code"), "{}", browser.path);
        let (form, code) = (browser.form(), app.code(&op));
        let fields = [("csrf", form.hidden[0].1.as_str()), ("code", code.as_str())];
        let answer = browser.raw(&form.action, &fields).send_late(&op, replace_password(&op, &ada, &phc)).await;
        asked_to_sign_in(&answer, "code");
        assert!(!signs_in(&answer) && !ada.events(&op).await.contains(&"session.started".to_owned()));
    }
}
