//! Passkeys (Web Authentication Level 3): making, using and losing them.

use crate::support::answer::between;
use crate::support::people::{PASSWORD, Person};
use crate::support::relying_party::web_app;
use crate::support::software_key::{PASSKEYS, SoftwareKey, codes};
use crate::support::{Answer, Browser, RelyingParty, Request, Setup, TestOp, Tokens, days, minutes};
use latchkey::model::credential::passkey;
use reqwest::Method;
use serde_json::{Value, json};

const SESSION: &str = "lk_s";
const PASSWORD_PAGE: &str = "/account/security/password";
const NO_THROTTLE: &str =
    "throttle.sign_in_account = \"off\"\nthrottle.sign_in_address = \"off\"\nthrottle.sign_in_network = \"off\"";

struct Cast {
    op: TestOp,
    ada: Person,
    rp: RelyingParty,
    /// Where she is signed in.
    home: Browser,
    key: SoftwareKey,
    codes: Vec<String>,
}

/// Ada has added this key.
async fn cast_with(setup: Setup, key: fn(&TestOp) -> SoftwareKey) -> Cast {
    let op = setup.named().start();
    let (ada, rp, mut home, mut key) = (op.person("ada").await, op.web_app().await, op.browser(), key(&op));
    home.console("ada", PASSKEYS).await.ok();
    let answer = home.add_passkey(&mut key).await;
    let codes = codes(answer.ok());
    assert_eq!(codes.len(), 10, "{}", answer.body);
    Cast { op, ada, rp, home, key, codes }
}

async fn cast(setup: Setup) -> Cast {
    cast_with(setup, SoftwareKey::new).await
}

impl Cast {
    /// A new browser at the sign-in page of the application.
    async fn at_sign_in(&self) -> (Browser, Request) {
        let (mut browser, request) = (self.op.browser(), self.rp.request());
        browser.open(&request.url()).await.ok();
        (browser, request)
    }

    /// The same, where her password was right.
    async fn at_second_step(&self) -> (Browser, Request) {
        let (mut browser, request) = self.at_sign_in().await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code") && !browser.cookies.contains_key(SESSION), "{}", browser.path);
        (browser, request)
    }

    async fn claims(&self, answer: &Answer, request: &Request) -> Value {
        let tokens = Tokens::of(self.rp.redeem(&answer.query()["code"], request).await.ok());
        self.rp.id_claims(&tokens.id_token).await
    }

    /// Does without the password.
    async fn drop_password(&mut self) {
        self.home.open(PASSWORD_PAGE).await.ok();
        let answer = self.home.send(PASSWORD_PAGE, &[("action", "remove")]).await;
        assert!(answer.ok().body.contains("Your password is removed"), "{}", answer.body);
    }

    async fn events(&self) -> Vec<String> {
        self.ada.events(&self.op).await
    }
}

/// What the page says went wrong.
fn problem(answer: &Answer) -> String {
    let line = between(&answer.body, "passkey-said\" role=\"status\" aria-live=\"polite\"", "</p>").unwrap_or_default();
    between(&line, "<span>", "</span>").unwrap_or_default()
}

#[track_caller]
fn refused(browser: &Browser, answer: &Answer) {
    assert!(answer.status == 200 && !browser.cookies.contains_key(SESSION), "{} {}", answer.status, browser.path);
    assert!(!problem(answer).is_empty(), "{}", answer.body);
}

fn essential(acr: &str) -> String {
    json!({"id_token": {"acr": {"essential": true, "values": [acr]}}}).to_string()
}

on_both_stores! {
    async fn webauthn_7_a_person_adds_a_passkey_and_signs_in_with_nothing_else(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut browser, request) = cast.at_sign_in().await;
        for part in ["autocomplete=\"username webauthn\"", "data-autofill", "id=\"passkey-submit\"", "js/passkeys."] {
            assert!(browser.page().body.contains(part), "{part}");
        }
        browser.use_passkey(&mut cast.key).await.ok();
        let answer = browser.allow().await;
        let claims = cast.claims(&answer, &request).await;
        assert_eq!((&claims["sub"], &claims["acr"], &claims["amr"]), (&json!(cast.ada.sub), &json!("phr"), &json!(["swk", "user", "mfa"])));
        let events = cast.events().await;
        for kind in ["passkey.added", "passkey.used", "session.started"] {
            assert!(events.iter().any(|event| event == kind), "{kind}: {events:?}");
        }
        let page = cast.home.open(PASSKEYS).await;
        assert!(page.ok().body.contains("iCloud Keychain") && page.body.contains("last used"), "{}", page.body);
    }

    async fn eap_acr_2_a_key_that_stays_in_its_device_reaches_phrh(setup: Setup) {
        let mut cast = cast_with(setup, SoftwareKey::hardware).await;
        let (mut browser, request) = cast.at_sign_in().await;
        browser.use_passkey(&mut cast.key).await.ok();
        let answer = browser.allow().await;
        let claims = cast.claims(&answer, &request).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phrh"), &json!(["hwk", "user", "mfa"])));
        let offered = cast.rp.http.get(cast.rp.url("/.well-known/openid-configuration")).send().await.unwrap();
        let offered: Value = offered.json().await.unwrap();
        assert_eq!(offered["acr_values_supported"], json!(["1fa", "2fa", "phr", "phrh"]));
    }

    async fn webauthn_5_4_the_options_ask_for_a_discoverable_key_with_user_verification(setup: Setup) {
        let mut cast = cast(setup).await;
        cast.home.open(PASSKEYS).await.ok();
        let options = cast.home.passkey_options().await;
        let wanted = &options["publicKey"];
        assert_eq!(wanted["rp"]["id"], "localhost");
        assert_eq!(wanted["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(wanted["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(wanted["excludeCredentials"][0]["id"], json!(cast.key.id()));
        assert_eq!(wanted["attestation"], "none");
        let handle = wanted["user"]["id"].as_str().unwrap().to_owned();
        assert!(handle.len() == 22 && !cast.ada.sub.contains(&handle), "opaque: {handle}");
        let again = cast.home.passkey_options().await;
        assert_eq!(again["publicKey"]["user"]["id"], json!(handle));
        assert_ne!(again["publicKey"]["challenge"], wanted["challenge"]);
        // Nobody is told of whose keys are known.
        let (mut browser, _) = cast.at_sign_in().await;
        let asked = browser.passkey_options().await;
        assert_eq!((&asked["publicKey"]["allowCredentials"], &asked["publicKey"]["userVerification"]), (&json!([]), &json!("required")));
        let (mut browser, _) = cast.at_second_step().await;
        assert_eq!(browser.passkey_options().await["publicKey"]["allowCredentials"][0]["id"], json!(cast.key.id()));
    }

    async fn aut_11_a_password_alone_is_not_enough_for_who_holds_a_passkey(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut browser, request) = cast.at_second_step().await;
        assert!(!browser.page().body.contains("id=\"code\""), "there is no app that a code could be of");
        let page = browser.use_passkey(&mut cast.key).await;
        assert!(browser.is_at("/consent"), "{} {}", browser.path, page.body);
        let answer = browser.allow().await;
        let claims = cast.claims(&answer, &request).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pwd", "swk", "user", "mfa"])));
    }

    async fn a_remembered_browser_is_not_asked_for_the_passkey(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut browser, _) = cast.at_second_step().await;
        let signed = cast.key.sign(&browser.passkey_options().await);
        browser.send_passkey(&signed, &[("remember", "1")]).await.ok();
        browser.allow().await;
        op_days(&cast.op, 29);
        browser.open(&cast.rp.request().url()).await;
        assert!(browser.sign_in("ada", PASSWORD).await.query().contains_key("code"));
        op_days(&cast.op, 2);
        browser.open(&cast.rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"));
    }

    async fn aut_19_origin_name_verification_handle_and_key_are_all_checked(setup: Setup) {
        let cast = cast(setup.config(NO_THROTTLE)).await;
        let grace = cast.op.person("grace").await;
        type Lie = fn(&mut SoftwareKey);
        let lies: [(&str, Lie); 9] = [
            ("another port", |key| key.origin = "http://localhost:1".into()),
            ("a host below", |key| key.origin = key.origin.replace("localhost", "a.localhost")),
            ("another host", |key| key.origin = key.origin.replace("localhost", "127.0.0.1")),
            ("a path", |key| key.origin.push('/')),
            ("a frame of another site", |key| key.cross_origin = true),
            ("another name", |key| key.rp_id = "example.com".into()),
            ("no user verification", |key| key.verifies = false),
            ("another person's handle", |key| key.user_handle = Some(vec![7; 16])),
            ("an unknown key", |key| key.credential_id = vec![7; 20]),
        ];
        for (lie, tell) in lies {
            let (mut browser, _) = cast.at_sign_in().await;
            let mut key = cast.key.clone();
            tell(&mut key);
            let answer = browser.use_passkey(&mut key).await;
            refused(&browser, &answer);
            assert!(problem(&answer).contains("check") == (lie == "no user verification"), "{lie}: {}", problem(&answer));
        }
        // Another key under her key's name.
        let (mut browser, _) = cast.at_sign_in().await;
        let mut forged = SoftwareKey::new(&cast.op);
        forged.credential_id.clone_from(&cast.key.credential_id);
        forged.user_handle.clone_from(&cast.key.user_handle);
        let answer = browser.use_passkey(&mut forged).await;
        refused(&browser, &answer);
        // Her key after somebody else's password.
        let (mut browser, mut hers) = (cast.op.browser(), SoftwareKey::new(&cast.op));
        browser.console(&grace.username, PASSKEYS).await.ok();
        browser.add_passkey(&mut hers).await.ok();
        let mut browser = cast.op.browser();
        browser.open(&cast.rp.request().url()).await;
        browser.sign_in("grace", PASSWORD).await;
        let answer = browser.use_passkey(&mut cast.key.clone()).await;
        refused(&browser, &answer);
        assert!(browser.is_at("/login/code"));
    }

    async fn webauthn_7_2_a_key_that_found_itself_tells_whose_it_is_and_one_that_was_named_may_leave_it_out(setup: Setup) {
        let cast = cast(setup.config(NO_THROTTLE)).await;
        for handle in [None, Some(Vec::new())] {
            let telling = |handle: &Option<Vec<u8>>| {
                let mut key = cast.key.clone();
                key.user_handle.clone_from(handle);
                key
            };
            let (mut browser, _) = cast.at_sign_in().await;
            let answer = browser.use_passkey(&mut telling(&handle)).await;
            refused(&browser, &answer);
            let (mut browser, _) = cast.at_second_step().await;
            browser.use_passkey(&mut telling(&handle)).await.ok();
            assert!(browser.cookies.contains_key(SESSION), "her keys were named");
            let (mut browser, _) = cast.at_second_step().await;
            let answer = browser.use_passkey(&mut telling(&Some(vec![7; 16]))).await;
            refused(&browser, &answer);
        }
    }

    async fn aut_19_the_same_is_checked_when_a_key_is_made(setup: Setup) {
        let op = setup.named().start();
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", PASSKEYS).await.ok();
        let lies: [fn(&mut SoftwareKey); 4] = [
            |key| key.origin = "http://localhost:1".into(),
            |key| key.cross_origin = true,
            |key| key.rp_id = "example.com".into(),
            |key| key.verifies = false,
        ];
        for (number, tell) in lies.into_iter().enumerate() {
            let mut key = SoftwareKey::new(&op);
            tell(&mut key);
            let answer = browser.add_passkey(&mut key).await;
            assert!(answer.ok().body.contains("<title>Problem") || !problem(&answer).is_empty(), "{number}: {}", answer.body);
        }
        // A challenge is answered once, and within ten minutes.
        let (options, mut key) = (browser.passkey_options().await, SoftwareKey::new(&op));
        op.advance(minutes(9));
        let made = key.create(&options);
        browser.send_passkey(&made, &[("action", "add")]).await.ok();
        browser.open(PASSKEYS).await.ok();
        let answer = browser.send_passkey(&made, &[("action", "add")]).await;
        assert!(problem(&answer).contains("too long"), "{}", answer.body);
        let id = ada.id.clone();
        assert_eq!(op.write(move |tx| passkey::store::list(tx, &id)).await.len(), 1);
        // Somebody else's authenticator cannot have the same key.
        let mut mallory = op.browser();
        op.person("mallory").await;
        mallory.console("mallory", PASSKEYS).await.ok();
        let answer = mallory.add_passkey(&mut key).await;
        assert!(problem(&answer).contains("already"), "{}", answer.body);
    }

    async fn aut_19_a_challenge_is_answered_once_and_where_it_was_given(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut mine, _) = cast.at_sign_in().await;
        let (mut other, _) = cast.at_sign_in().await;
        let first = cast.key.sign(&mine.passkey_options().await);
        other.passkey_options().await;
        let answer = other.send_passkey(&first, &[]).await;
        refused(&other, &answer);
        let form = mine.clone();
        mine.send_passkey(&first, &[]).await.ok();
        assert!(mine.cookies.contains_key(SESSION));
        let mut replay = form;
        let answer = replay.send_passkey(&first, &[]).await;
        refused(&replay, &answer);
        // Even where the short-lived store forgot that it was answered: the database is the judge.
        let (id, now) = (cast.ada.id.clone(), cast.op.now());
        let challenge = cast.op.op.pepper.hash("passkey_challenge", b"the same");
        let spent = cast.op.write(move |tx| {
            let passkey = passkey::store::list(tx, &id)?.remove(0);
            let used = passkey::Used { passkey, challenge: b"the same".to_vec() };
            Ok([passkey::store::spend(tx, &used, &challenge, now)?, passkey::store::spend(tx, &used, &challenge, now)?])
        });
        assert_eq!(spent.await, [passkey::store::Spent::Now, passkey::store::Spent::Before]);
        // And not after ten minutes.
        let (mut late, _) = cast.at_sign_in().await;
        let signed = cast.key.sign(&late.passkey_options().await);
        cast.op.advance(minutes(10));
        let answer = late.send_passkey(&signed, &[]).await;
        refused(&late, &answer);
    }

    async fn aut_13_one_signature_signs_in_once_also_a_hundred_times_at_once(setup: Setup) {
        let mut cast = cast(setup.config(NO_THROTTLE)).await;
        let (mut browser, _) = cast.at_sign_in().await;
        let signed = cast.key.sign(&browser.passkey_options().await);
        let action = between(&browser.page().body, "id=\"passkey-form\" method=\"post\" action=\"", "\"").unwrap();
        let csrf = browser.csrf();
        let tries = (0..100).map(|_| {
            let (mut browser, action, fields) = (browser.clone(), action.clone(), [("csrf", csrf.clone()), ("credential", signed.clone())]);
            async move {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let answer = browser.request(Method::POST, &action, Some(&fields)).await;
                answer.location().is_some_and(|to| to.contains("/authorize/")) && browser.cookies.contains_key(SESSION)
            }
        });
        let signed_in = futures_util::future::join_all(tries).await.into_iter().filter(|signed_in| *signed_in).count();
        assert_eq!(signed_in, 1);
        assert_eq!(cast.events().await.iter().filter(|kind| *kind == "passkey.used").count(), 1);
    }

    async fn webauthn_6_1_1_a_counter_that_goes_back_is_refused_and_told(setup: Setup) {
        let mut cast = cast_with(setup, SoftwareKey::hardware).await;
        let mut copy = cast.key.clone();
        let (mut browser, _) = cast.at_sign_in().await;
        browser.use_passkey(&mut cast.key).await.ok();
        assert!(browser.cookies.contains_key(SESSION));
        let (mut thief, _) = cast.at_sign_in().await;
        let answer = thief.use_passkey(&mut copy).await;
        refused(&thief, &answer);
        assert!(!answer.body.contains("copy"), "whoever tried learns nothing");
        assert!(cast.events().await.contains(&"passkey.copy_suspected".to_owned()));
        assert!(cast.home.open("/account/activity").await.ok().body.contains("there may be a copy"));
        // Password and recovery code let her in.
        let (mut browser, request) = cast.at_second_step().await;
        browser.open(&format!("{}?recovery=1", browser.path.clone())).await.ok();
        browser.submit(&[("code", &cast.codes[0])]).await;
        let answer = browser.allow().await;
        assert_eq!(cast.claims(&answer, &request).await["amr"], json!(["pwd", "mfa"]));
    }

    async fn a_passkey_that_was_removed_signs_nobody_in_and_other_sessions_end(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut elsewhere, _) = cast.at_sign_in().await;
        elsewhere.use_passkey(&mut cast.key).await.ok();
        cast.home.open(PASSKEYS).await.ok();
        let id = between(&cast.home.page().body, "name=\"passkey\" value=\"", "\"").unwrap();
        cast.home.send(PASSKEYS, &[("action", "rename"), ("passkey", &id), ("name", " Ada’s\u{7} phone ")]).await.ok();
        assert!(cast.home.page().body.contains("Ada’s phone"));
        let page = cast.home.send(PASSKEYS, &[("action", "remove"), ("passkey", &id)]).await;
        assert!(page.ok().body.contains("You have no passkey yet"));
        assert!(elsewhere.open("/account").await.ok().body.contains("id=\"password\""), "SES-05");
        let (mut browser, _) = cast.at_sign_in().await;
        let answer = browser.use_passkey(&mut cast.key).await;
        refused(&browser, &answer);
        // The password is enough again, and the codes are gone.
        assert!(browser.sign_in("ada", PASSWORD).await.status == 200 && browser.is_at("/consent"));
        for kind in ["passkey.renamed", "passkey.removed"] {
            assert!(cast.events().await.contains(&kind.to_owned()), "{kind}");
        }
    }

    async fn who_needs_no_password_may_remove_it_and_set_another(setup: Setup) {
        let mut cast = cast(setup).await;
        cast.drop_password().await;
        let (mut browser, _) = cast.at_sign_in().await;
        assert!(browser.sign_in("ada", PASSWORD).await.ok().body.contains("don’t match"));
        browser.use_passkey(&mut cast.key).await.ok();
        assert!(browser.cookies.contains_key(SESSION));
        // The last passkey stays.
        cast.home.open(PASSKEYS).await.ok();
        let id = between(&cast.home.page().body, "name=\"passkey\" value=\"", "\"").unwrap();
        let page = cast.home.send(PASSKEYS, &[("action", "remove"), ("passkey", &id)]).await;
        assert!(page.ok().body.contains("you need this passkey to sign in"), "{}", page.body);
        assert!(cast.home.open("/account/security").await.ok().body.contains("Not set: you sign in with a passkey"));
        // Another password, after a fresh sign-in.
        cast.op.advance(minutes(11));
        cast.home.open(PASSWORD_PAGE).await.ok();
        assert!(cast.home.is_at("/login"));
        cast.home.use_passkey(&mut cast.key).await.ok();
        assert!(cast.home.is_at(PASSWORD_PAGE) && !cast.home.page().body.contains("id=\"current\""));
        let page = cast.home.send(PASSWORD_PAGE, &[("new", "short")]).await;
        assert_eq!(page.status, 422);
        cast.home.send(PASSWORD_PAGE, &[("new", "difference engine no 2")]).await.ok();
        assert!(cast.home.is_at("/account/security?done=changed"), "{}", cast.home.path);
        let (mut browser, _) = cast.at_sign_in().await;
        browser.sign_in("ada", "difference engine no 2").await;
        assert!(browser.is_at("/login/code"));
        for kind in ["user.password_removed", "user.password_set"] {
            assert!(cast.events().await.contains(&kind.to_owned()), "{kind}");
        }
    }

    async fn a_password_stays_without_a_passkey_or_a_way_back(setup: Setup) {
        let mut cast = cast(setup).await;
        cast.op.person("grace").await;
        let mut browser = cast.op.browser();
        browser.console("grace", PASSWORD_PAGE).await.ok();
        let page = browser.send(PASSWORD_PAGE, &[("action", "remove")]).await;
        assert!(page.ok().body.contains("Add a passkey first"), "{}", page.body);
        let id = cast.ada.id.clone();
        cast.op.write(move |tx| latchkey::model::factor::store::remove_recovery_codes(tx, &id)).await;
        cast.home.open(PASSWORD_PAGE).await.ok();
        let page = cast.home.send(PASSWORD_PAGE, &[("action", "remove")]).await;
        assert!(page.ok().body.contains("Create recovery codes first"), "{}", page.body);
        let (mut browser, _) = cast.at_sign_in().await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"), "the password is still there");
    }

    async fn who_lost_the_passkey_and_has_no_password_comes_back_by_a_recovery_code(setup: Setup) {
        let mut cast = cast(setup).await;
        // Nobody passes a password by.
        let (mut browser, _) = cast.at_sign_in().await;
        let lost = browser.path.replace("/login/", "/login/lost/");
        browser.open(&lost).await.ok();
        let page = browser.submit(&[("username", "ada"), ("code", &cast.codes[0])]).await;
        assert!(page.ok().body.contains("don’t match") && !browser.cookies.contains_key(SESSION));
        cast.drop_password().await;
        for (name, code) in [("ada", "AAAAAA-AAAAAA-AAAAAA-AAAAAA"), ("nobody", cast.codes[0].as_str()), ("ada", "123456"), ("", "")] {
            let page = browser.submit(&[("username", name), ("code", code)]).await;
            assert!(page.ok().body.contains("don’t match") && !browser.cookies.contains_key(SESSION), "{name} {code}");
        }
        browser.submit(&[("username", "ada"), ("code", &cast.codes[0])]).await.ok();
        assert!(browser.is_at("/consent"), "{}", browser.path);
        browser.open(PASSKEYS).await.ok();
        assert!(browser.is_at(PASSKEYS), "a fresh sign-in");
        let (mut again, _) = cast.at_sign_in().await;
        let lost = again.path.replace("/login/", "/login/lost/");
        again.open(&lost).await.ok();
        again.submit(&[("username", "ada"), ("code", &cast.codes[0])]).await.ok();
        assert!(!again.cookies.contains_key(SESSION), "a code is used once");
    }

    async fn oidc_core_5_5_1_1_phr_is_stepped_up_to_by_a_passkey_alone(setup: Setup) {
        let op = setup.named().start();
        let (ada, rp, mut browser, mut key) = (op.person("ada").await, op.web_app().await, op.browser(), SoftwareKey::new(&op));
        rp.sign_in(&mut browser, &rp.request()).await;
        browser.open(&rp.request().with("claims", &essential("phr")).url()).await.refused(303, "unmet_authentication_requirements");
        // A wish is no condition.
        assert!(browser.open(&rp.request().with("acr_values", "phr").url()).await.query().contains_key("code"));
        let (app, _) = ada.enrol(&op).await;
        browser.add_passkey(&mut key).await.ok();
        let request = rp.request().with("claims", &essential("phr"));
        browser.open(&request.url()).await.ok();
        assert!(browser.is_at("/login/code") && !browser.page().body.contains("id=\"code\""), "{}", browser.page().body);
        let csrf = browser.csrf();
        let path = browser.path.clone();
        browser.post(&path, &[("csrf", csrf.as_str()), ("code", &app.code(&op))]).await.ok();
        assert!(browser.is_at("/login/code"), "a code is not enough: {}", browser.path);
        let answer = browser.use_passkey(&mut key).await;
        let tokens = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["acr"], "phr");
        browser.open(&rp.request().with("claims", &essential("phrh")).url()).await.refused(303, "unmet_authentication_requirements");
    }

    async fn aut_09_failures_are_counted_and_slow_down(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut browser, _) = cast.at_sign_in().await;
        for _ in 0..5 {
            let mut key = cast.key.clone();
            key.origin = "https://evil.example".into();
            let answer = browser.use_passkey(&mut key).await;
            refused(&browser, &answer);
        }
        let answer = browser.use_passkey(&mut cast.key).await;
        assert!(problem(&answer).contains("Too many"), "{}", problem(&answer));
        // The password is not slowed down by them.
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"));
    }

    async fn nothing_that_a_browser_sends_is_an_error_of_ours(setup: Setup) {
        let mut cast = cast(setup.config(NO_THROTTLE)).await;
        let good: Value = serde_json::from_str(&cast.key.sign(&json!({"publicKey": {"challenge": "AAAA"}}))).unwrap();
        let mut odd: Vec<String> = ["", "{}", "[]", "null", "1", "\"x\"", "{\"id\":", "\u{0}"].map(str::to_owned).to_vec();
        for field in ["clientDataJSON", "authenticatorData", "signature", "userHandle"] {
            for value in [json!(""), json!("!"), json!("AAAA"), json!(null), json!(7), json!("A".repeat(9000))] {
                let mut sent = good.clone();
                sent["response"][field] = value;
                odd.push(sent.to_string());
            }
        }
        let (mut browser, _) = cast.at_sign_in().await;
        let page = browser.clone();
        for credential in &odd {
            browser.page.clone_from(&page.page);
            browser.passkey_options().await;
            let answer = browser.send_passkey(credential, &[]).await;
            assert!(answer.status < 500 && !browser.cookies.contains_key(SESSION), "{} {credential}", answer.status);
        }
        cast.home.open(PASSKEYS).await.ok();
        let page = cast.home.clone();
        for credential in &odd {
            cast.home.page.clone_from(&page.page);
            cast.home.passkey_options().await;
            assert!(cast.home.send_passkey(credential, &[("action", "add")]).await.status < 500, "{credential}");
        }
        for fields in [vec![("action", "nonsense")], vec![("action", "remove")], vec![("action", "rename"), ("name", "\n")], vec![("action", "remove"), ("passkey", "' OR 1=1")]] {
            cast.home.page.clone_from(&page.page);
            assert!(cast.home.send(PASSKEYS, &fields).await.status < 500, "{fields:?}");
        }
    }

    async fn ses_11_a_ceremony_belongs_to_the_browser_that_began_it(setup: Setup) {
        let mut cast = cast(setup).await;
        let (mut mine, _) = cast.at_sign_in().await;
        let signed = cast.key.sign(&mine.passkey_options().await);
        let (mut theirs, _) = cast.at_sign_in().await;
        let action = between(&mine.page().body, "id=\"passkey-form\" method=\"post\" action=\"", "\"").unwrap();
        for csrf in [mine.csrf(), theirs.csrf()] {
            theirs.post(&action, &[("csrf", csrf.as_str()), ("credential", &signed)]).await.refused(400, "invalid_request");
            theirs.post(&format!("{action}/options"), &[("csrf", csrf.as_str())]).await.refused(400, "invalid_request");
        }
        assert!(!theirs.cookies.contains_key(SESSION));
        // Without our token, or from another site.
        mine.post(&action, &[("csrf", "x"), ("credential", &signed)]).await.refused(403, "invalid_request");
    }

    async fn the_account_api_lists_renames_and_removes_passkeys(setup: Setup) {
        let mut cast = cast(setup).await;
        let mut metadata = web_app();
        metadata["scope"] = json!("openid profile account");
        let rp = cast.op.client(metadata).await;
        let request = rp.request().with("scope", "openid account");
        let mut browser = cast.op.browser();
        browser.open(&request.url()).await.ok();
        browser.use_passkey(&mut cast.key).await.ok();
        let answer = browser.allow().await;
        let token = Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok()).access_token;
        let send = async |method: Method, path: &str, tag: Option<&str>, body: Option<Value>| {
            let mut request = rp.raw(method, &format!("/api/account/v1/passkeys{path}")).bearer_auth(&token);
            if let Some(tag) = tag {
                request = request.header("if-match", tag);
            }
            if let Some(body) = body {
                request = request.json(&body);
            }
            Answer::of(request).await
        };
        let list = send(Method::GET, "", None, None).await.ok().json();
        assert_eq!((&list[0]["name"], &list[0]["maker"], &list[0]["backed_up"]), (&json!("iCloud Keychain"), &json!("iCloud Keychain"), &json!(true)));
        let path = format!("/{}", list[0]["id"].as_str().unwrap());
        let one = send(Method::GET, &path, None, None).await;
        let tag = one.ok().header("etag").to_owned();
        let name = |name: &str| Some(json!({ "name": name }));
        assert_eq!(send(Method::PATCH, &path, None, name("phone")).await.status, 428);
        assert_eq!(send(Method::PATCH, &path, Some("\"9\""), name("phone")).await.status, 412);
        assert_eq!(send(Method::PATCH, &path, Some(&tag), name(" ")).await.status, 422);
        assert_eq!(send(Method::PATCH, "/other", Some(&tag), name("phone")).await.status, 404);
        let renamed = send(Method::PATCH, &path, Some(&tag), name("phone")).await;
        assert_eq!(renamed.ok().json()["name"], "phone");
        assert_eq!(send(Method::DELETE, &path, Some(&tag), None).await.status, 412);
        let tag = renamed.header("etag").to_owned();
        let export = Answer::of(rp.raw(Method::GET, "/api/account/v1/export").bearer_auth(&token)).await;
        assert_eq!(export.ok().json()["passkeys"][0]["name"], "phone");
        cast.home.open(PASSWORD_PAGE).await.ok();
        let id = cast.ada.id.clone();
        cast.op.write(move |tx| latchkey::model::credential::store::remove_password(tx, &id)).await;
        let last = send(Method::DELETE, &path, Some(&tag), None).await;
        assert_eq!((last.status, &last.json()["code"]), (409, &json!("last_passkey")));
        let (mut second, mut browser) = (SoftwareKey::hardware(&cast.op), browser);
        browser.add_passkey(&mut second).await.ok();
        assert_eq!(send(Method::DELETE, &path, Some(&tag), None).await.status, 204);
        cast.op.advance(minutes(11));
        assert_eq!(send(Method::DELETE, "/other", Some("\"1\""), None).await.status, 401);
    }

    async fn aut_18_a_new_passkey_and_a_removed_one_are_told_by_letter(setup: Setup) {
        let mailbox = crate::support::mailbox::Mailbox::open();
        let mut cast = cast(setup.config(&mailbox.config())).await;
        let told = async |op: &TestOp, words: &str| mailbox.read(op).await.iter().any(|mail| mail.letter.text.contains(words));
        assert!(told(&cast.op, "The passkey iCloud Keychain was added").await);
        cast.home.open(PASSKEYS).await.ok();
        let id = between(&cast.home.page().body, "name=\"passkey\" value=\"", "\"").unwrap();
        cast.home.send(PASSKEYS, &[("action", "remove"), ("passkey", &id)]).await.ok();
        assert!(told(&cast.op, "The passkey iCloud Keychain was removed").await);
    }

    async fn switched_off_or_at_an_address_there_are_no_passkeys(setup: Setup) {
        let op = setup.start();
        let mut browser = op.browser();
        op.person("ada").await;
        browser.console("ada", "/account/security").await.ok();
        assert!(!browser.page().body.contains(PASSKEYS));
        assert_eq!(browser.open(PASSKEYS).await.status, 404);
    }
}

fn op_days(op: &TestOp, count: u64) {
    op.advance(days(count));
}
