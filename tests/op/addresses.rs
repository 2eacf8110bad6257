//! E-mail addresses of a person: several, proved before they count, told of when they change.

use crate::support::answer::between;
use crate::support::mailbox::{Mail, Mailbox};
use crate::support::people::{PASSWORD, Person};
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, Tokens, minutes};
use latchkey::model::address;
use latchkey::model::user;
use reqwest::Method;
use serde_json::{Value, json};

const PAGE: &str = "/account/addresses";
const OTHER: &str = "countess@example.net";

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let more = "[throttle]\nmail_account = \"off\"\nmail_address = \"off\"\n";
    (setup.config(&format!("{more}{}", mailbox.config())).start(), mailbox)
}

/// Ada at the page of her addresses.
async fn ada(op: &TestOp) -> Browser {
    let mut browser = op.browser();
    browser.console("ada", PAGE).await.ok();
    browser
}

fn id(address: &str) -> String {
    address::id_of(&address.to_lowercase())
}

/// Adds an address; the email to it.
async fn add(op: &TestOp, mailbox: &Mailbox, browser: &mut Browser, address: &str) -> Mail {
    browser.open(PAGE).await.ok();
    mailbox.read(op).await;
    browser.send(PAGE, &[("action", "add"), ("email", address)]).await.ok();
    told(op, mailbox, address, "/account/addresses/link/").await
}

async fn letter_to(op: &TestOp, mailbox: &Mailbox, address: &str) -> Mail {
    told(op, mailbox, address, "").await
}

/// The newest email to an address that says something.
async fn told(op: &TestOp, mailbox: &Mailbox, address: &str, text: &str) -> Mail {
    let mails = mailbox.read(op).await;
    let found = mails.into_iter().rfind(|mail| mail.recipient == address && mail.letter.text.contains(text));
    found.unwrap_or_else(|| panic!("no letter to {address} that says {text}"))
}

async fn prove(op: &TestOp, mailbox: &Mailbox, browser: &mut Browser, address: &str) {
    let mail = add(op, mailbox, browser, address).await;
    browser.send(PAGE, &[("action", "verify"), ("id", &id(address)), ("code", &mail.code())]).await.ok();
}

async fn act(browser: &mut Browser, action: &str, address: &str) -> Answer {
    browser.open(PAGE).await.ok();
    browser.send(PAGE, &[("action", action), ("id", &id(address))]).await
}

async fn signs_in(op: &TestOp, name: &str) -> Option<String> {
    let mut browser = op.browser();
    browser.open(&op.url("/login")).await;
    let page = browser.sign_in(name, PASSWORD).await;
    between(&page.body, "id=\"home-person\">", "<")
        .or_else(|| page.body.contains("Lovelace").then(|| page.body.clone()))
}

async fn claims(op: &TestOp, person: &Person) -> Value {
    let id = person.id.clone();
    json!(op.write(move |tx| user::store::find(tx, &id)).await.unwrap().claims)
}

fn path_of(mail: &Mail) -> String {
    mail.link().split_once("/account").map(|(_, end)| format!("/account{end}")).unwrap()
}

on_both_stores! {
    async fn an_address_counts_once_it_is_proved_and_every_address_is_told(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let person = op.person("ada").await;
        let mut browser = ada(&op).await;
        let mail = add(&op, &mailbox, &mut browser, OTHER).await;
        assert!(mail.letter.text.contains("Hello,") && !mail.letter.text.contains("Lovelace"), "{}", mail.letter.text);
        assert!(signs_in(&op, OTHER).await.is_none(), "an address that is not proved is no name");
        let wrong = browser.send(PAGE, &[("action", "verify"), ("id", &id(OTHER)), ("code", "0000 0000")]).await;
        assert_eq!(wrong.status, 422);
        let done = browser.send(PAGE, &[("action", "verify"), ("id", &id(OTHER)), ("code", &mail.code())]).await;
        assert!(done.ok().body.contains("The address is confirmed."));
        assert!(signs_in(&op, OTHER).await.is_some() && signs_in(&op, "ADA@example.com").await.is_some());
        for to in ["ada@example.com", OTHER] {
            told(&op, &mailbox, to, &format!("The address {OTHER} was added")).await;
        }
        assert_eq!(claims(&op, &person).await["email"], "ada@example.com", "the primary one stays");
        assert!(person.events(&op).await.iter().any(|kind| kind == "address.verified"));
    }

    async fn the_link_waits_for_a_click_of_the_account_that_asked(setup: Setup) {
        let (op, mailbox) = begin(setup);
        for name in ["ada", "grace"] {
            op.person(name).await;
        }
        let mut browser = ada(&op).await;
        let path = path_of(&add(&op, &mailbox, &mut browser, OTHER).await);
        // A scanner opens everything.
        assert!(op.browser().open(&path).await.ok().body.contains("id=\"password\""));
        let mut grace = op.browser();
        let page = grace.console("grace", &path).await;
        assert!(page.status == 410 && page.body.contains("requested by another account"), "{}", page.body);
        assert_ne!(grace.send(&path, &[]).await.status, 200, "a stranger's account gets nobody's address");
        browser.open(&path).await.ok();
        browser.send(&path, &[]).await.ok();
        assert!(browser.path.starts_with(PAGE), "{}", browser.path);
        assert!(signs_in(&op, OTHER).await.is_some());
        assert_eq!(browser.open(&path).await.status, 410);
    }

    async fn aut_10_that_somebody_has_an_address_is_told_to_whoever_reads_there_alone(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        op.person("grace").await;
        let mut browser = ada(&op).await;
        let mut pages = Vec::new();
        for address in ["grace@example.com", "nobody@example.com"] {
            add(&op, &mailbox, &mut browser, address).await;
            let hash = id(address);
            pages.push(browser.page().body.replace(address, "").replace(&hash, "").replace(&browser.csrf(), ""));
            act(&mut browser, "remove", address).await.ok();
        }
        assert_eq!(pages[0], pages[1]);
        let mail = add(&op, &mailbox, &mut browser, "grace@example.com").await;
        let taken = browser.send(PAGE, &[("action", "verify"), ("id", &id("grace@example.com")), ("code", &mail.code())]).await;
        assert!(taken.status == 409 && taken.body.contains("another account with this address"), "{}", taken.body);
        assert!(signs_in(&op, "grace@example.com").await.unwrap_or_default().contains("grace"));
    }

    async fn who_proves_an_address_first_has_it_among_those_who_named_it(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let (one, two) = (op.person("ada").await, op.person("grace").await);
        let (mut first, mut second) = (ada(&op).await, op.browser());
        second.console("grace", PAGE).await.ok();
        let hers = add(&op, &mailbox, &mut first, OTHER).await;
        prove(&op, &mailbox, &mut second, OTHER).await;
        let late = first.send(PAGE, &[("action", "verify"), ("id", &id(OTHER)), ("code", &hers.code())]).await;
        assert_eq!(late.status, 409, "{}", late.body);
        assert!(signs_in(&op, OTHER).await.unwrap_or_default().contains("grace"), "{} {}", one.id, two.id);
    }

    async fn another_primary_address_moves_the_claims_and_the_old_one_can_take_it_back(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let person = op.person("ada").await;
        let mut browser = ada(&op).await;
        assert_eq!(act(&mut browser, "primary", OTHER).await.status, 404);
        add(&op, &mailbox, &mut browser, OTHER).await;
        assert_eq!(act(&mut browser, "primary", OTHER).await.status, 422, "only a proved one");
        prove(&op, &mailbox, &mut browser, OTHER).await;
        act(&mut browser, "primary", OTHER).await.ok();
        let now = claims(&op, &person).await;
        assert_eq!((&now["email"], &now["email_verified"]), (&json!(OTHER), &json!(true)));
        act(&mut browser, "remove", "ada@example.com").await.ok();
        assert!(signs_in(&op, "ada@example.com").await.is_none());
        // Both emails to the old address have a way back; the later change did not end the earlier one's.
        let mails: Vec<Mail> = mailbox.read(&op).await;
        let back: Vec<&Mail> = mails.iter().filter(|mail| mail.letter.text.contains("/undo/")).collect();
        assert!(back.len() == 2 && back.iter().all(|mail| mail.recipient == "ada@example.com"));
        for mail in &back {
            assert!(op.browser().open(&path_of(mail)).await.ok().body.contains("Undo the change?"));
        }
        let rp = op.web_app().await;
        let offline = rp.request().with("scope", "openid offline_access");
        let answer = op.browser().walk_as(OTHER, &offline.url()).await;
        let offline = Tokens::of(rp.redeem(&answer.query()["code"], &offline).await.ok());
        let mut owner = op.browser();
        owner.open(&path_of(back[1])).await.ok();
        owner.submit(&[]).await.ok();
        rp.refresh(&offline.refresh_token).await.refused(400, "invalid_grant");
        let now = claims(&op, &person).await;
        assert_eq!((&now["email"], &now["email_verified"]), (&json!("ada@example.com"), &json!(true)));
        assert!(signs_in(&op, OTHER).await.is_none(), "what was added around the change goes");
        browser.open("/account").await;
        assert!(browser.is_at("/login"), "every session ended: {}", browser.path);
        assert_eq!(owner.open(&path_of(back[1])).await.status, 410);
    }

    async fn a_way_back_ends_after_three_days_and_not_before(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = ada(&op).await;
        prove(&op, &mailbox, &mut browser, OTHER).await;
        act(&mut browser, "primary", OTHER).await.ok();
        let mail = told(&op, &mailbox, "ada@example.com", "/undo/").await;
        op.advance(minutes(3 * 24 * 60 - 1));
        op.browser().open(&path_of(&mail)).await.ok();
        op.advance(minutes(1));
        let mut late = op.browser();
        assert_eq!(late.open(&path_of(&mail)).await.status, 410);
        assert_eq!(late.post(&path_of(&mail), &[]).await.status, 410);
    }

    async fn the_last_proved_address_and_the_primary_one_stay(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = ada(&op).await;
        let only = act(&mut browser, "remove", "ada@example.com").await;
        assert!(only.status == 422 && only.body.contains("couldn’t recover your account"), "{}", only.body);
        prove(&op, &mailbox, &mut browser, OTHER).await;
        let primary = act(&mut browser, "remove", "ada@example.com").await;
        assert!(primary.status == 422 && primary.body.contains("Make another address the main one first"), "{}", primary.body);
        act(&mut browser, "remove", OTHER).await.ok();
        told(&op, &mailbox, "ada@example.com", &format!("The address {OTHER} was removed")).await;
    }

    async fn aut_16_a_change_of_addresses_ends_what_waits_at_them(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = ada(&op).await;
        let mail = add(&op, &mailbox, &mut browser, OTHER).await;
        let mut lost = op.browser();
        lost.open(&op.url("/recovery")).await.ok();
        lost.submit(&[("username", "ada")]).await.ok();
        let reset = told(&op, &mailbox, "ada@example.com", "/recovery/link/").await;
        browser.send(PAGE, &[("action", "verify"), ("id", &id(OTHER)), ("code", &mail.code())]).await.ok();
        assert_eq!(op.browser().open(&reset.link()).await.status, 410);
    }

    async fn recovery_goes_to_the_address_that_was_typed_if_it_is_proved(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = ada(&op).await;
        prove(&op, &mailbox, &mut browser, OTHER).await;
        for (typed, to) in [("Countess@Example.NET", OTHER), ("ada@example.com", "ada@example.com"), ("ada", "ada@example.com")] {
            let mut lost = op.browser();
            lost.open(&op.url("/recovery")).await.ok();
            lost.submit(&[("username", typed)]).await.ok();
            assert_eq!(mailbox.newest(&op).await.recipient, to, "{typed}");
        }
        add(&op, &mailbox, &mut browser, "unproved@example.net").await;
        let before = mailbox.read(&op).await.len();
        let mut lost = op.browser();
        lost.open(&op.url("/recovery")).await.ok();
        lost.submit(&[("username", "unproved@example.net")]).await.ok();
        assert_eq!(mailbox.read(&op).await.len(), before, "it names nobody");
    }

    async fn aut_06_addresses_ask_for_a_fresh_sign_in_and_a_token_of_the_session(setup: Setup) {
        let (op, _) = begin(setup);
        op.person("ada").await;
        let mut browser = ada(&op).await;
        let csrf = browser.csrf();
        for token in ["", "x"] {
            let fields = [("csrf", token), ("action", "add"), ("email", OTHER)];
            assert_eq!(browser.post(PAGE, &fields).await.status, 403);
        }
        op.advance(minutes(11));
        browser.post(PAGE, &[("csrf", csrf.as_str()), ("action", "add"), ("email", OTHER)]).await;
        assert!(browser.is_at("/login"), "{}", browser.path);
    }

    async fn letters_to_an_address_and_from_a_place_are_bounded(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).start();
        op.person("ada").await;
        let mut browser = ada(&op).await;
        let before = mailbox.read(&op).await.len();
        add(&op, &mailbox, &mut browser, OTHER).await;
        for _ in 0..6 {
            act(&mut browser, "send", OTHER).await.ok();
        }
        assert_eq!(mailbox.read(&op).await.len(), before + 3, "three letters an hour reach one address");
        for number in 0.. {
            let page = act(&mut browser, "send", OTHER).await;
            if page.status == 429 {
                assert!(page.header("retry-after") == "3600" && number == 3, "{number}");
                break;
            }
        }
    }

    async fn an_operators_unproved_address_signs_in_until_somebody_proves_it(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let (grace, now) = (op.person("grace").await, op.now());
        op.person("ada").await;
        let change = move |email: &'static str, id: String| {
            move |tx: &mut latchkey::platform::db::Connection| {
                let user = user::store::find(tx, &id)?.unwrap();
                let patch = json!({ "email": email });
                let claims = user::save::patched(&user.claims, patch.as_object().unwrap(), now);
                user::save::store::update(tx, &user, None, &claims, now)
            }
        };
        assert_eq!(op.write(change(OTHER, grace.id.clone())).await, Ok(true));
        assert!(signs_in(&op, OTHER).await.unwrap_or_default().contains("grace"));
        assert!(signs_in(&op, "grace@example.com").await.is_none(), "the one before is replaced, as ever");
        let mut browser = ada(&op).await;
        prove(&op, &mailbox, &mut browser, OTHER).await;
        assert!(signs_in(&op, OTHER).await.unwrap_or_default().contains("ada Lovelace"));
        assert_eq!(claims(&op, &grace).await["email"], OTHER, "the claim stays");
        let other = move |id: String| {
            move |tx: &mut latchkey::platform::db::Connection| {
                let user = user::store::find(tx, &id)?.unwrap();
                let claims = user::save::patched(&user.claims, json!({ "nickname": "g" }).as_object().unwrap(), now);
                user::save::store::update(tx, &user, None, &claims, now)
            }
        };
        assert_eq!(op.write(other(grace.id.clone())).await, Ok(true), "and the person can be written as before");
    }

    async fn a_person_who_is_deleted_leaves_no_address_behind(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let person = op.person("ada").await;
        let mut browser = ada(&op).await;
        prove(&op, &mailbox, &mut browser, OTHER).await;
        add(&op, &mailbox, &mut browser, "third@example.net").await;
        let (id, now) = (person.id.clone(), op.now());
        let left = op.write(move |tx| {
            user::store::bury(tx, &id, now)?;
            let user = user::store::find(tx, &id)?.unwrap();
            address::store::list(tx, &user)
        });
        assert_eq!(left.await, []);
    }

    async fn the_account_api_does_the_same_with_etags_and_fresh_sign_ins(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let api = Api::of(&op).await;
        let listed = api.send(Method::GET, "", None, None).await.ok().json();
        assert_eq!((&listed[0]["address"], &listed[0]["primary"]), (&json!("ada@example.com"), &json!(true)));
        assert_eq!(api.send(Method::POST, "", None, Some(json!({ "address": "no" }))).await.status, 422);
        let added = api.send(Method::POST, "", None, Some(json!({ "address": OTHER }))).await;
        let (one, tag) = (format!("/{}", added.ok().json()["id"].as_str().unwrap()), added.header("etag").to_owned());
        assert_eq!(added.json()["verified"], false);
        let code = letter_to(&op, &mailbox, OTHER).await.code();
        let proof = format!("{one}/verification");
        assert_eq!(api.send(Method::POST, &proof, None, Some(json!({ "code": "1" }))).await.status, 422);
        let proved = api.send(Method::POST, &proof, None, Some(json!({ "code": code }))).await;
        assert_eq!(proved.ok().json()["verified"], true);
        let primary = || Some(json!({ "primary": true }));
        assert_eq!(api.send(Method::PATCH, &one, None, primary()).await.status, 428);
        assert_eq!(api.send(Method::PATCH, &one, Some(&tag), primary()).await.status, 412, "it was verified since");
        let moved = api.send(Method::PATCH, &one, Some(proved.header("etag")), primary()).await;
        assert_eq!(moved.ok().json()["primary"], true);
        let refused = api.send(Method::DELETE, &one, Some(moved.header("etag")), None).await;
        assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("primary")));
        let old = format!("/{}", id("ada@example.com"));
        let tag = api.send(Method::GET, &old, None, None).await.header("etag").to_owned();
        assert_eq!(api.send(Method::DELETE, &old, Some(&tag), None).await.status, 204);
        assert_eq!(api.send(Method::GET, &old, None, None).await.status, 404);
        let stale = Api { token: api.later(&op).await, rp: api.rp.clone() };
        let stale = stale.send(Method::POST, "", None, Some(json!({ "address": "x@example.org" }))).await;
        assert_eq!(stale.json()["code"], "insufficient_user_authentication");
    }
}

/// Ada's token with the scope `account`.
struct Api {
    rp: RelyingParty,
    token: String,
}

async fn token(rp: &RelyingParty, browser: &mut Browser) -> String {
    let request = rp.request().with("scope", "openid account");
    let answer = browser.walk(&request.url()).await;
    Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok()).access_token
}

impl Api {
    async fn of(op: &TestOp) -> Self {
        op.person("ada").await;
        let mut metadata = crate::support::relying_party::web_app();
        metadata["scope"] = json!("openid profile account");
        let rp = op.client(metadata).await;
        let token = token(&rp, &mut op.browser()).await;
        Self { rp, token }
    }

    /// A token of a session that is eleven minutes old.
    async fn later(&self, op: &TestOp) -> String {
        let mut browser = op.browser();
        token(&self.rp, &mut browser).await;
        op.advance(minutes(11));
        token(&self.rp, &mut browser).await
    }

    async fn send(&self, method: Method, path: &str, if_match: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = self.rp.raw(method, &format!("/api/account/v1/addresses{path}")).bearer_auth(&self.token);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request).await
    }
}
