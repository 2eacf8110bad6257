//! Second factors: authenticator apps (RFC 6238), recovery codes, remembered browsers, stepping up.

use crate::support::answer::between;
use crate::support::authenticator::App;
use crate::support::people::{PASSWORD, Person};
use crate::support::relying_party::web_app;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp, Tokens, days, minutes, seconds};
use latchkey::model::{credential, factor, known_device};
use latchkey::platform::id;
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use reqwest::Method;
use serde_json::json;

const SESSION: &str = "lk_s";
const ENROL: &str = "/account/security/authenticator";

struct Cast {
    ada: Person,
    app: App,
    codes: Vec<Secret<String>>,
    rp: RelyingParty,
}

async fn cast(op: &TestOp) -> Cast {
    let ada = op.person("ada").await;
    let (app, codes) = ada.enrol(op).await;
    Cast { ada, app, codes, rp: op.web_app().await }
}

/// A browser in which Ada's password was right, and her code is asked for.
async fn at_code(op: &TestOp, cast: &Cast) -> Browser {
    let mut browser = op.browser();
    browser.open(&cast.rp.request().url()).await;
    browser.sign_in("ada", PASSWORD).await;
    assert!(browser.is_at("/login/code"), "{}", browser.path);
    browser
}

async fn at_code_of(op: &TestOp, rp: &RelyingParty) -> Browser {
    let mut browser = op.browser();
    browser.open(&rp.request().url()).await;
    browser.sign_in("ada", PASSWORD).await;
    browser
}

/// Whether somebody is signed in in a browser.
async fn is_signed_in(cast: &Cast, browser: &mut Browser) -> bool {
    let answer = browser.open(&cast.rp.request().with("prompt", "none").url()).await;
    answer.query().contains_key("code") || answer.error() == "consent_required"
}

/// The claims of the ID token at the end of a request.
async fn claims(rp: &RelyingParty, request: &crate::support::Request, answer: &Answer) -> serde_json::Value {
    let tokens = Tokens::of(rp.redeem(&answer.query()["code"], request).await.ok());
    rp.id_claims(&tokens.id_token).await
}

/// Posts one form a hundred times at once; how many led on, and how many were answered otherwise.
async fn a_hundred_times(browser: &Browser, code: &str) -> usize {
    let form = browser.form();
    let mut fields: Vec<(String, String)> = form.hidden.clone();
    fields.push(("code".into(), code.into()));
    let tries = (0..100).map(|_| {
        let (mut browser, action, fields) = (browser.clone(), form.action.clone(), fields.clone());
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = browser.request(Method::POST, &action, Some(&fields)).await;
            answer.location().is_some_and(|to| to.contains("/authorize/")) && browser.cookies.contains_key(SESSION)
        }
    });
    futures_util::future::join_all(tries).await.into_iter().filter(|signed_in| *signed_in).count()
}

fn essential(acr: &str) -> String {
    json!({"id_token": {"acr": {"essential": true, "values": [acr]}}}).to_string()
}

on_both_stores! {
    async fn aut_11_who_enrolled_an_app_needs_its_code_at_each_sign_in(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        assert!(!browser.cookies.contains_key(SESSION), "nobody is signed in yet");
        for part in ["id=\"code\" name=\"code\"", "id=\"code-submit\"", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\""] {
            assert!(browser.page().body.contains(part), "{part}");
        }
        let page = browser.type_code("000000").await;
        assert!(page.ok().body.contains("aria-invalid") && !browser.cookies.contains_key(SESSION));
        browser.type_code(&cast.app.code(&op)).await;
        let answer = browser.allow().await;
        assert!(answer.query().contains_key("code") && browser.cookies.contains_key(SESSION));
    }

    async fn oid_05_acr_and_amr_tell_of_both_factors(op: TestOp) {
        let cast = cast(&op).await;
        let (mut browser, request) = (op.browser(), cast.rp.request());
        browser.open(&request.url()).await;
        browser.sign_in("ada", PASSWORD).await;
        op.advance(seconds(20));
        browser.type_code(&cast.app.code(&op)).await;
        let answer = browser.allow().await;
        let claims = claims(&cast.rp, &request, &answer).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2fa"), &json!(["pwd", "otp", "mfa"])));
        assert_eq!(claims["auth_time"], json!(op.now().seconds() - 20));
    }

    async fn aut_13_a_code_is_used_once_also_a_hundred_times_at_once(setup: Setup) {
        let op = setup.config("throttle.sign_in_account = \"off\"\nthrottle.sign_in_address = \"off\"\nthrottle.sign_in_network = \"off\"").start();
        let cast = cast(&op).await;
        let browser = at_code(&op, &cast).await;
        let code = cast.app.code(&op);
        assert_eq!(a_hundred_times(&browser, &code).await, 1);
        // Nor by another sign-in, nor the code of the step before.
        let mut again = at_code(&op, &cast).await;
        again.type_code(&code).await.ok();
        again.type_code(&cast.app.code_at(op.now().seconds() - 30)).await.ok();
        assert!(!again.cookies.contains_key(SESSION));
        op.advance(seconds(30));
        again.type_code(&cast.app.code(&op)).await;
        assert!(again.cookies.contains_key(SESSION));
    }

    async fn aut_13_a_recovery_code_is_used_once_also_a_hundred_times_at_once(setup: Setup) {
        let op = setup.config("throttle.sign_in_account = \"off\"\nthrottle.sign_in_address = \"off\"\nthrottle.sign_in_network = \"off\"").start();
        let cast = cast(&op).await;
        let browser = at_code(&op, &cast).await;
        assert_eq!(a_hundred_times(&browser, cast.codes[0].expose()).await, 1);
        let mut again = at_code(&op, &cast).await;
        again.type_code(cast.codes[0].expose()).await.ok();
        assert!(!again.cookies.contains_key(SESSION));
        assert_eq!(cast.ada.events(&op).await.iter().filter(|kind| *kind == "recovery_code.used").count(), 1);
    }

    async fn aut_15_a_recovery_code_replaces_the_app_and_leaves_an_event(op: TestOp) {
        let cast = cast(&op).await;
        let (mut browser, request) = (op.browser(), cast.rp.request());
        browser.open(&request.url()).await;
        browser.sign_in("ada", PASSWORD).await;
        let page = browser.open(&format!("{}?recovery=1", browser.path.clone())).await;
        assert!(page.ok().body.contains("id=\"code\""));
        browser.submit(&[("code", &cast.codes[3].expose().to_lowercase())]).await;
        let answer = browser.allow().await;
        let claims = claims(&cast.rp, &request, &answer).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2fa"), &json!(["pwd", "mfa"])));
        assert!(cast.ada.events(&op).await.contains(&"recovery_code.used".to_owned()));
        let id = cast.ada.id.clone();
        assert_eq!(op.write(move |tx| factor::store::recovery_codes_left(tx, &id)).await, 9);
    }

    async fn aut_09_failures_of_codes_are_counted_apart_and_slow_down(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        for _ in 0..5 {
            assert_eq!(browser.type_code("000000").await.status, 200);
        }
        let page = browser.type_code(&cast.app.code(&op)).await;
        assert_eq!((page.status, page.header("retry-after")), (429, "1"));
        // The password is not slowed down by them, and its success makes the codes no faster.
        let mut again = at_code(&op, &cast).await;
        assert_eq!(again.type_code("000000").await.status, 429);
        op.advance(seconds(1));
        again.type_code(&cast.app.code(&op)).await;
        assert!(again.cookies.contains_key(SESSION));
    }

    async fn i6_no_step_is_skipped_by_a_later_page_or_an_empty_form(op: TestOp) {
        let cast = cast(&op).await;
        // The page of the code, before the password.
        let mut browser = op.browser();
        browser.open(&cast.rp.request().url()).await;
        let (path, form) = (browser.path.clone(), browser.form());
        let csrf = form.hidden[0].1.as_str();
        let code_path = path.replace("/login/", "/login/code/");
        let code = cast.app.code(&op);
        browser.post(&code_path, &[("csrf", csrf), ("code", &code)]).await;
        assert!(browser.is_at("/login") && !browser.is_at("/login/code") && !browser.cookies.contains_key(SESSION));
        // After the password: the hub, consent, empty and odd forms.
        browser.post(&path, &[("csrf", csrf), ("username", "ada"), ("password", PASSWORD)]).await;
        assert!(browser.is_at("/login/code"));
        for fields in [
            vec![("csrf", csrf)],
            vec![("csrf", csrf), ("code", "")],
            vec![("csrf", csrf), ("remember", "1")],
            vec![("csrf", csrf), ("code", "     ")],
            vec![("csrf", csrf), ("code", &"9".repeat(3000))],
            vec![("csrf", csrf), ("username", "ada"), ("password", "x")],
        ] {
            browser.post(&code_path, &fields).await.ok();
            assert!(!browser.cookies.contains_key(SESSION), "{fields:?}");
        }
        for later in ["/authorize/", "/consent/", "/login/accounts/"] {
            browser.open(&path.replace("/login/", later)).await;
            assert!(!browser.cookies.contains_key(SESSION), "{later}");
            assert!(browser.is_at("/login") || browser.page().status >= 400, "{later}: {}", browser.path);
        }
        let consent = path.replace("/login/", "/consent/");
        browser.post(&consent, &[("csrf", csrf), ("decision", "allow")]).await;
        assert!(!browser.cookies.contains_key(SESSION));
        assert!(!is_signed_in(&cast, &mut browser).await);
    }

    async fn ses_11_the_second_step_belongs_to_the_browser_of_the_first(op: TestOp) {
        let cast = cast(&op).await;
        let mine = at_code(&op, &cast).await;
        let (path, csrf) = (mine.path.clone(), mine.form().hidden[0].1.clone());
        let mut theirs = op.browser();
        theirs.open(&cast.rp.request().url()).await;
        theirs.open(&path).await.refused(400, "invalid_request");
        let code = cast.app.code(&op);
        theirs.post(&path, &[("csrf", csrf.as_str()), ("code", &code)]).await.refused(400, "invalid_request");
        assert!(!theirs.cookies.contains_key(SESSION));
    }

    async fn aut_14_the_first_factor_is_forgotten_after_ten_minutes(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        op.advance(minutes(10));
        browser.type_code(&cast.app.code(&op)).await;
        assert!(browser.is_at("/login") && !browser.is_at("/login/code") && !browser.cookies.contains_key(SESSION));
    }

    async fn a_password_that_was_changed_meanwhile_is_a_proof_no_more(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        op.advance(seconds(1));
        let (person, credential, now) = (cast.ada.id.clone(), id::new(op.now(), &OsRandom), op.now());
        op.write(move |tx| credential::store::set_password(tx, &credential, &person, "x", now)).await;
        browser.type_code(&cast.app.code(&op)).await;
        assert!(!browser.cookies.contains_key(SESSION));
    }

    async fn a_remembered_browser_is_asked_for_the_password_alone_for_thirty_days(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        let code = cast.app.code(&op);
        browser.submit(&[("code", &code), ("remember", "1")]).await;
        browser.allow().await;
        op.advance(days(29));
        let request = cast.rp.request();
        browser.open(&request.url()).await;
        let answer = browser.sign_in("ada", PASSWORD).await;
        let claims = claims(&cast.rp, &request, &answer).await;
        // Only what really happened (OID-05).
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("1fa"), &json!(["pwd"])));
        op.advance(days(2));
        browser.open(&cast.rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"));
        // And in no other browser.
        at_code(&op, &cast).await;
    }

    async fn a_remembered_browser_is_forgotten_when_the_password_or_the_epoch_changes(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        let code = cast.app.code(&op);
        browser.submit(&[("code", &code), ("remember", "1")]).await;
        let stale = browser.cookies["lk_d"].clone();
        let (person, credential, now) = (cast.ada.id.clone(), id::new(op.now(), &OsRandom), op.now());
        let phc = op.op.passwords.hash(&Secret::new(PASSWORD.to_owned())).await.unwrap().expose().clone();
        op.write(move |tx| credential::store::set_password(tx, &credential, &person, &phc, now)).await;
        browser.open(&cast.rp.request().with("prompt", "login").url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"));
        // The cookie changes at each sign-in, and the old one is worth nothing.
        op.advance(seconds(60));
        let code = cast.app.code(&op);
        browser.submit(&[("code", &code), ("remember", "1")]).await;
        assert_ne!(browser.cookies["lk_d"], stale);
        let mut thief = op.browser();
        thief.cookies.insert("lk_d".into(), stale);
        thief.open(&cast.rp.request().url()).await;
        thief.sign_in("ada", PASSWORD).await;
        assert!(thief.is_at("/login/code"));
    }

    async fn aut_08_strangers_cannot_hold_up_a_known_browser(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let mut known = op.browser();
        rp.sign_in(&mut known, &rp.request()).await;
        known.cookies.remove(SESSION);
        let mut stranger = op.browser();
        stranger.open(&rp.request().url()).await;
        for _ in 0..5 {
            stranger.sign_in("ada", "wrong").await;
        }
        assert_eq!(stranger.sign_in("ada", PASSWORD).await.status, 429);
        known.open(&rp.request().url()).await;
        let answer = known.sign_in("ada", PASSWORD).await;
        assert!(answer.query().contains_key("code"), "{}", answer.body);
        // The cookie of somebody else's browser is no help.
        op.person("grace").await;
        let mut grace = op.browser();
        grace.open(&rp.request().url()).await;
        grace.sign_in("grace", PASSWORD).await;
        grace.open(&rp.request().with("prompt", "login").url()).await;
        let page = grace.submit(&[("username", "ada"), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 429, "{}", ada.username);
        // Who guesses in the known browser is slowed down there.
        known.open(&rp.request().with("prompt", "login").url()).await;
        for _ in 0..5 {
            known.sign_in("ada", "wrong").await;
        }
        assert_eq!(known.sign_in("ada", PASSWORD).await.status, 429);
    }

    async fn oidc_core_5_5_1_1_an_essential_class_is_stepped_up_to(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        rp.sign_in(&mut browser, &rp.request()).await;
        let request = rp.request().with("claims", &essential("2fa"));
        browser.open(&request.url()).await.refused(303, "unmet_authentication_requirements");
        let (app, _) = ada.enrol(&op).await;
        browser.open(&request.clone().with("prompt", "none").url()).await.refused(303, "login_required");
        browser.open(&request.url()).await;
        let old = browser.cookies[SESSION].clone();
        let answer = browser.type_code(&app.code(&op)).await;
        let claims = claims(&rp, &request, &answer).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2fa"), &json!(["pwd", "otp", "mfa"])));
        assert_ne!(browser.cookies[SESSION], old, "SES-02");
        assert!(browser.open(&rp.request().with("claims", &essential("2fa")).url()).await.query().contains_key("code"));
        assert!(ada.events(&op).await.contains(&"session.stepped_up".to_owned()));
    }

    async fn a_step_up_needs_its_code_and_is_no_sign_in(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        rp.sign_in(&mut browser, &rp.request()).await;
        let (app, _) = ada.enrol(&op).await;
        browser.open(&rp.request().with("acr_values", "2fa").url()).await;
        assert!(browser.is_at("/login/code"));
        browser.submit(&[("code", "")]).await.ok();
        let hub = browser.path.replace("/login/code/", "/authorize/");
        browser.open(&hub).await;
        assert!(browser.is_at("/login/code"), "the hub asks again");
        // prompt=login: the code alone does not do.
        browser.open(&rp.request().with("prompt", "login").with("acr_values", "2fa").url()).await;
        let code_path = browser.path.replace("/login/", "/login/code/");
        let (csrf, code) = (browser.form().hidden[0].1.clone(), app.code(&op));
        browser.post(&code_path, &[("csrf", csrf.as_str()), ("code", &code)]).await;
        assert!(browser.is_at("/login") && !browser.is_at("/login/code"));
    }

    async fn a_client_and_an_api_may_require_a_class(setup: Setup) {
        let op = setup.config("[resources.ledger]\nidentifier = \"https://ledger.example\"\nacr = \"2fa\"").start();
        let ada = op.person("ada").await;
        let (app, _) = ada.enrol(&op).await;
        let mut metadata = web_app();
        metadata["require_acr"] = "2fa".into();
        let (strict, plain) = (op.client(metadata).await, op.web_app().await);
        // A remembered browser, whose sessions are of one factor.
        let mut browser = op.browser();
        browser.open(&plain.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        let code = app.code(&op);
        browser.submit(&[("code", &code), ("remember", "1")]).await;
        browser.allow().await;
        browser.open(&plain.request().with("prompt", "login").url()).await;
        browser.sign_in("ada", PASSWORD).await;
        browser.open(&strict.request().url()).await;
        assert!(browser.is_at("/login/code"));
        browser.open(&plain.request().with("resource", "https://ledger.example").url()).await;
        assert!(browser.is_at("/login/code"));
        op.advance(seconds(30));
        browser.type_code(&app.code(&op)).await;
        assert!(browser.is_at("/consent"));
        browser.open(&strict.request().url()).await;
        assert!(browser.is_at("/consent"));
    }

    async fn who_cancels_at_the_code_goes_back_with_access_denied(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = at_code(&op, &cast).await;
        browser.submit(&[("decision", "cancel")]).await.refused(303, "access_denied");
        assert!(!browser.cookies.contains_key(SESSION));
    }

    async fn a_person_enrols_an_app_and_signs_in_with_it(op: TestOp) {
        let ada = op.person("ada").await;
        let (rp, mut other, mut browser) = (op.web_app().await, op.browser(), op.browser());
        rp.sign_in(&mut other, &rp.request()).await;
        browser.open(&op.url(ENROL)).await;
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(page.ok().body.contains("<svg class=\"qr\"") && browser.is_at(ENROL));
        let typed = between(&page.body, "id=\"secret\" translate=\"no\">", "<").unwrap();
        let app = App::typed(&typed);
        // A wrong code changes nothing, and the key stays the same.
        let page = browser.submit(&[("code", "000000"), ("name", "Phone")]).await;
        assert!(page.ok().body.contains("aria-invalid") && page.body.contains(&typed));
        let code = app.code(&op);
        let codes = browser.submit(&[("code", &code), ("name", "Phone")]).await;
        assert_eq!(codes.ok().body.matches("<li><code>").count(), 10);
        assert_eq!(codes.header("cache-control"), "no-store");
        // Other browsers are out (SES-05), this one is in, and the codes are not shown again.
        assert_eq!(other.open(&rp.request().with("prompt", "none").url()).await.error(), "login_required");
        let page = browser.open(&op.url(ENROL)).await;
        assert!(page.ok().body.contains("Phone") && page.body.contains("10 codes") && !page.body.contains("<li><code>"));
        assert!(!page.body.contains(&typed));
        // The code that enrolled it is spent.
        other.open(&rp.request().url()).await;
        other.sign_in("ada", PASSWORD).await;
        other.type_code(&code).await.ok();
        assert!(other.is_at("/login/code"));
        op.advance(seconds(30));
        let answer = other.type_code(&app.code(&op)).await;
        assert!(answer.query().contains_key("code"));
        let paper = between(&codes.body, "<li><code>", "<").unwrap();
        at_code_of(&op, &rp).await.type_code(&paper).await;
        let page = browser.open(&op.url(ENROL)).await;
        assert!(page.body.contains("9 codes"));
        assert!(ada.events(&op).await.contains(&"authenticator.enrolled".to_owned()));
    }

    async fn a_person_renames_renews_forgets_and_removes(op: TestOp) {
        let cast = cast(&op).await;
        let mut remembered = at_code(&op, &cast).await;
        let code = cast.app.code(&op);
        remembered.submit(&[("code", &code), ("remember", "1")]).await;
        op.advance(seconds(60));
        let mut browser = op.browser();
        browser.open(&op.url(ENROL)).await;
        browser.sign_in("ada", PASSWORD).await;
        browser.type_code(&cast.app.code(&op)).await;
        assert!(browser.is_at(ENROL), "{}", browser.path);
        let csrf = browser.form().hidden[0].1.clone();
        let page = browser.post(ENROL, &[("csrf", &csrf), ("action", "rename"), ("name", "<Work> phone")]).await;
        assert!(page.ok().body.contains("&#60;Work&#62; phone") || page.body.contains("&lt;Work&gt; phone"));
        let codes = browser.post(ENROL, &[("csrf", &csrf), ("action", "codes")]).await;
        let fresh = between(&codes.ok().body, "<li><code>", "<").unwrap();
        at_code(&op, &cast).await.type_code(cast.codes[0].expose()).await.ok();
        // The remembered browser is listed, and asked again once it is forgotten.
        let page = browser.open(&op.url(ENROL)).await;
        let device = between(&page.body, "name=\"device\" value=\"", "\"").unwrap();
        browser.post(ENROL, &[("csrf", &csrf), ("action", "forget"), ("device", &device)]).await.ok();
        remembered.open(&cast.rp.request().with("prompt", "login").url()).await;
        remembered.sign_in("ada", PASSWORD).await;
        assert!(remembered.is_at("/login/code"));
        remembered.type_code(&fresh).await;
        assert!(!remembered.is_at("/login/code"));
        browser.post(ENROL, &[("csrf", &csrf), ("action", "remove")]).await.ok();
        assert!(!is_signed_in(&cast, &mut remembered).await, "SES-05");
        remembered.open(&cast.rp.request().url()).await;
        remembered.sign_in("ada", PASSWORD).await;
        assert!(remembered.is_at("/consent"));
        for kind in ["authenticator.renamed", "recovery_codes.replaced", "device.forgotten", "authenticator.removed"] {
            assert!(cast.ada.events(&op).await.contains(&kind.to_owned()), "{kind}");
        }
    }

    async fn aut_06_factors_are_changed_after_a_fresh_sign_in_with_a_token_of_the_session(op: TestOp) {
        let cast = cast(&op).await;
        let mut browser = op.browser();
        browser.open(&op.url(ENROL)).await;
        browser.sign_in("ada", PASSWORD).await;
        browser.type_code(&cast.app.code(&op)).await;
        let csrf = browser.form().hidden[0].1.clone();
        for fields in [vec![("action", "remove")], vec![("csrf", "x"), ("action", "remove")]] {
            browser.post(ENROL, &fields).await.refused(403, "invalid_request");
        }
        browser.post(ENROL, &[("csrf", &csrf), ("action", "nothing")]).await.refused(400, "invalid_request");
        op.advance(minutes(11));
        browser.post(ENROL, &[("csrf", &csrf), ("action", "remove")]).await;
        assert!(browser.is_at("/login"));
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/login/code"), "an app that is to be removed is asked for its code");
    }

    async fn a_seed_on_offer_is_of_use_to_its_session_alone_and_for_half_an_hour(op: TestOp) {
        op.person("ada").await;
        let grace = op.person("grace").await;
        let mut theirs = op.browser();
        theirs.open(&op.url(ENROL)).await;
        let page = theirs.sign_in("ada", PASSWORD).await;
        let app = App::typed(&between(&page.body, "id=\"secret\" translate=\"no\">", "<").unwrap());
        let seed = theirs.form().hidden.into_iter().find(|(name, _)| name == "seed").unwrap().1;
        let mut browser = op.browser();
        browser.open(&op.url(ENROL)).await;
        browser.sign_in("grace", PASSWORD).await;
        let csrf = browser.form().hidden[0].1.clone();
        let code = app.code(&op);
        for seed in [seed.as_str(), "", "lk1.x.y.z"] {
            browser.post(ENROL, &[("csrf", &csrf), ("action", "enrol"), ("seed", seed), ("code", &code)]).await.ok();
        }
        let id = grace.id.clone();
        assert!(!op.write(move |tx| factor::store::means(tx, &id)).await.authenticator);
    }

    async fn discovery_announces_what_can_be_reached(op: TestOp) {
        let metadata = Answer::of(reqwest::Client::new().get(op.url("/.well-known/openid-configuration"))).await.json();
        assert!(metadata["acr_values_supported"].as_array().unwrap().contains(&json!("2fa")));
    }

    async fn a_person_who_is_deleted_leaves_no_factor_behind(op: TestOp) {
        let cast = cast(&op).await;
        let (id, now) = (cast.ada.id.clone(), op.now());
        let left = op.write(move |tx| {
            latchkey::model::user::store::bury(tx, &id, now)?;
            let devices = known_device::store::list_remembered(tx, &id, now)?.len();
            Ok((factor::store::means(tx, &id)?.authenticator, factor::store::recovery_codes_left(tx, &id)?, devices))
        });
        assert_eq!(left.await, (false, 0, 0));
    }
}
