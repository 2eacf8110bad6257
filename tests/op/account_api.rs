//! The account API: a person's own token, problem+json, and no change of what was not read.

use crate::support::authenticator::App;
use crate::support::people::{PASSWORD, Person};
use crate::support::wire::Raw;
use crate::support::*;
use latchkey::model::{known_device, session};
use reqwest::Method;
use serde_json::{Value, json};

const BASE: &str = "/api/account/v1";

/// A person's token at an application that an operator gave the scope `account`.
pub struct Holder {
    pub person: Person,
    rp: RelyingParty,
    token: String,
}

impl Holder {
    pub async fn of(op: &TestOp, username: &str) -> Self {
        let person = op.person(username).await;
        let mut metadata = super::support::relying_party::web_app();
        metadata["scope"] = json!("openid profile account");
        let rp = op.client(metadata).await;
        let request = rp.request().with("scope", "openid account");
        let answer = op_browser(op, username, &request.url()).await;
        let code = answer.query()["code"].clone();
        let token = Tokens::of(rp.redeem(&code, &request).await.ok()).access_token;
        Self { person, rp, token }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn rp(&self) -> &RelyingParty {
        &self.rp
    }

    pub async fn send(&self, method: Method, path: &str, if_match: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = self.rp.raw(method, &format!("{BASE}{path}")).bearer_auth(&self.token);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request).await
    }

    /// A change, byte for byte.
    pub fn raw(&self, method: &str, path: &str, if_match: Option<&str>, body: &Value) -> Raw {
        let raw = Raw::new(method, format!("{BASE}{path}")).header("authorization", format!("Bearer {}", self.token));
        let raw = raw.header("content-type", "application/json");
        let raw = if_match.iter().fold(raw, |raw, tag| raw.header("if-match", *tag));
        Raw { body: body.to_string().into_bytes(), ..raw }
    }

    pub async fn read(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }
}

async fn op_browser(op: &TestOp, username: &str, url: &str) -> Answer {
    op.browser().walk_as(username, url).await
}

#[track_caller]
pub fn problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["status"], &body["code"]),
        (status, &json!(status), &json!(code)),
        "{}",
        answer.body
    );
}

on_both_stores! {
    async fn only_a_persons_token_with_the_scope_account_opens_it(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        assert_eq!(holder.read("/profile").await.ok().json()["claims"]["name"], "ada Lovelace");
        let nobody = Answer::of(holder.rp.raw(Method::GET, &format!("{BASE}/profile"))).await;
        problem(&nobody, 401, "unauthorized");
        assert!(nobody.header("www-authenticate").contains("scope=\"account\""));
        let forged = Answer::of(holder.rp.raw(Method::GET, &format!("{BASE}/profile")).bearer_auth("lk_at_forged")).await;
        problem(&forged, 401, "invalid_token");
        let web = op.web_app().await;
        let mut browser = op.browser();
        let weak = web.sign_in(&mut browser, &web.request()).await.access_token;
        let answer = Answer::of(web.raw(Method::GET, &format!("{BASE}/profile")).bearer_auth(&weak)).await;
        problem(&answer, 403, "insufficient_scope");
        // Nobody gets the scope whose client has not registered it.
        let url = web.request().with("scope", "openid account").url();
        assert_eq!(browser.open(&url).await.error(), "invalid_scope");
    }

    async fn rfc9110_13_1_1_a_profile_changes_only_from_the_version_that_was_read(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let tag = holder.read("/profile").await.header("etag").to_owned();
        let patch = || Some(json!({ "nickname": "Enchantress", "zoneinfo": null }));
        problem(&holder.send(Method::PATCH, "/profile", None, patch()).await, 428, "if_match_required");
        problem(&holder.send(Method::PATCH, "/profile", Some("\"99\""), patch()).await, 412, "stale");
        let saved = holder.send(Method::PATCH, "/profile", Some(&tag), patch()).await;
        assert_eq!(saved.ok().json()["claims"]["nickname"], "Enchantress");
        assert!(saved.json()["claims"]["zoneinfo"].is_null() && saved.header("etag") != tag);
        problem(&holder.send(Method::PATCH, "/profile", Some(&tag), patch()).await, 412, "stale");
        let tag = saved.header("etag").to_owned();
        let wrong = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ "website": "ftp://x" }))).await;
        problem(&wrong, 422, "invalid_claims");
        assert_eq!(wrong.json()["errors"][0]["claim"], "website");
        for unseen in ["Ada\u{202e}ecalevoL", "Ad\u{200b}a"] {
            for claim in ["name", "given_name", "family_name", "nickname"] {
                let wrong = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ claim: unseen }))).await;
                problem(&wrong, 422, "invalid_claims");
                let error = &wrong.json()["errors"][0];
                assert_eq!(error["claim"], claim);
                assert!(error.to_string().contains("invisible"), "{error}");
            }
        }
        let email = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ "email": "x@example.org" }))).await;
        problem(&email, 422, "not_editable");
        // `*` is whatever is there.
        let any = holder.send(Method::PATCH, "/profile", Some("*"), Some(json!({ "nickname": "Countess" }))).await;
        assert_eq!(any.ok().json()["claims"]["nickname"], "Countess");
    }

    async fn rfc7396_a_patch_comes_as_a_merge_patch_or_as_json_and_as_nothing_else(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        for (media_type, status) in [("application/merge-patch+json", 200), ("application/json; charset=utf-8", 200), ("text/plain", 415), ("application/json-patch+json", 415)] {
            for path in ["/profile", "/appearance"] {
                let request = holder.rp.raw(Method::PATCH, &format!("{BASE}{path}")).bearer_auth(&holder.token);
                let request = request.header("if-match", "*").header("content-type", media_type).body("{}");
                let answer = Answer::of(request).await;
                assert_eq!(answer.status, status, "{media_type}: {}", answer.body);
                if status == 415 {
                    problem(&answer, 415, "invalid_request");
                    assert_eq!(answer.header("accept-patch"), "application/merge-patch+json, application/json", "RFC 5789 §3.1");
                }
            }
        }
    }

    async fn rfc9457_a_path_that_no_api_has_is_a_problem_too_and_so_is_a_method(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        for path in ["/api", "/api/", "/api/account", "/api/account/v1/nothing", "/api/account/v2/profile", "/api/admin/v9"] {
            problem(&Answer::of(holder.rp.raw(Method::GET, path)).await, 404, "not_found");
        }
        let put = holder.send(Method::PUT, "/sessions", None, None).await;
        problem(&put, 405, "method_not_allowed");
        assert_eq!(put.header("allow"), "GET, DELETE", "RFC 9110 §15.5.6");
    }

    async fn sessions_are_read_and_ended_and_another_persons_are_not_found(op: TestOp) {
        let (ada, mallory) = (Holder::of(&op, "ada").await, Holder::of(&op, "mallory").await);
        let mut browser = op.browser();
        browser.console("ada", "/account").await.ok();
        let all = ada.read("/sessions").await.json();
        let other = all.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        let path = format!("/sessions/{}", other["id"].as_str().unwrap());
        problem(&mallory.read(&path).await, 404, "not_found");
        problem(&mallory.send(Method::DELETE, &path, Some("\"x\""), None).await, 404, "not_found");
        problem(&ada.send(Method::DELETE, &path, None, None).await, 428, "if_match_required");
        problem(&ada.send(Method::DELETE, &path, Some("\"x\""), None).await, 412, "stale");
        let tag = ada.read(&path).await.header("etag").to_owned();
        assert_eq!(ada.send(Method::DELETE, &path, Some(&tag), None).await.status, 204);
        browser.open("/account").await;
        assert!(browser.is_at("/login"));
        ada.read("/profile").await.ok();
    }

    async fn applications_are_taken_back_at_the_version_that_was_read(op: TestOp) {
        let (ada, mallory) = (Holder::of(&op, "ada").await, Holder::of(&op, "mallory").await);
        let shop = op.web_app().await;
        let tokens = shop.sign_in(&mut op.browser(), &shop.request()).await;
        let path = format!("/applications/{}", shop.client_id);
        problem(&mallory.send(Method::DELETE, &path, Some("\"1\""), None).await, 404, "not_found");
        problem(&ada.send(Method::DELETE, &path, None, None).await, 428, "if_match_required");
        problem(&ada.send(Method::DELETE, &path, Some("\"9\""), None).await, 412, "stale");
        let tag = ada.read(&path).await.header("etag").to_owned();
        assert_eq!(ada.send(Method::DELETE, &path, Some(&tag), None).await.status, 204);
        shop.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        assert_eq!(ada.read("/applications").await.json().as_array().unwrap().len(), 1);
    }

    async fn a_password_changes_by_the_current_one_and_the_version(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account").await.ok();
        let change = |current: &str| Some(json!({ "current_password": current, "new_password": "difference engine no 2" }));
        let tag = holder.read("/password").await.header("etag").to_owned();
        problem(&holder.send(Method::POST, "/password", None, change(PASSWORD)).await, 428, "if_match_required");
        problem(&holder.send(Method::POST, "/password", Some("\"9\""), change(PASSWORD)).await, 412, "stale");
        problem(&holder.send(Method::POST, "/password", Some(&tag), change("wrong")).await, 403, "wrong_password");
        assert_eq!(holder.send(Method::POST, "/password", Some(&tag), change(PASSWORD)).await.status, 204);
        problem(&holder.send(Method::POST, "/password", Some(&tag), change(PASSWORD)).await, 412, "stale");
        browser.open("/account").await;
        assert!(browser.is_at("/login"), "the other session ended");
        holder.read("/profile").await.ok();
    }

    async fn rfc9470_3_a_copy_asks_for_a_recent_sign_in(op: Setup) {
        let op = op.config("tokens.access = \"1h\"").start();
        let holder = Holder::of(&op, "ada").await;
        assert_eq!(holder.read("/export").await.ok().json()["claims"]["name"], "ada Lovelace");
        assert!(holder.read("/activity").await.ok().json()["items"].as_array().unwrap().len() > 1);
        op.advance(minutes(11));
        let answer = holder.read("/export").await;
        problem(&answer, 401, "insufficient_user_authentication");
        assert!(answer.header("www-authenticate").contains("max_age=\"600\""));
    }

    async fn the_api_describes_itself_and_scripts_of_any_origin_may_call_it(op: TestOp) {
        let rp = op.web_app().await;
        let document = Answer::of(rp.raw(Method::GET, &format!("{BASE}/openapi.json"))).await.ok().json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3."));
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                let path = path.replace("{id}", "x").replace("{client_id}", "x");
                let method = method.to_uppercase().parse().unwrap();
                problem(&Answer::of(rp.raw(method, &path)).await, 401, "unauthorized");
            }
        }
        let preflight = Answer::of(rp.raw(Method::OPTIONS, &format!("{BASE}/profile")).header("origin", "https://x.example")).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, "*"));
        assert!(preflight.header("access-control-allow-headers").contains("If-Match"));
        assert!(preflight.header("access-control-allow-credentials").is_empty());
    }

    async fn aut_06_an_authenticator_is_offered_confirmed_named_and_removed(op: Setup) {
        let op = op.config("tokens.access = \"1h\"").start();
        let holder = Holder::of(&op, "ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account").await.ok();
        problem(&holder.read("/authenticator").await, 404, "not_found");
        let none = holder.read("/recovery-codes").await;
        assert_eq!(none.ok().json()["left"], 0);
        let replace = holder.send(Method::POST, "/recovery-codes", Some(none.header("etag")), None).await;
        problem(&replace, 409, "no_second_factor");
        let offer = holder.send(Method::POST, "/authenticator/offer", None, None).await.ok().json();
        let app = App::typed(offer["secret"].as_str().unwrap());
        assert!(offer["uri"].as_str().unwrap().starts_with("otpauth://"));
        let confirm = |offer: &Value, code: &str| Some(json!({ "offer": offer["offer"], "code": code, "name": "phone" }));
        problem(&holder.send(Method::POST, "/authenticator", None, confirm(&offer, "000000")).await, 422, "wrong_code");
        let mallory = Holder::of(&op, "mallory").await;
        let theirs = mallory.send(Method::POST, "/authenticator", None, confirm(&offer, &app.code(&op))).await;
        problem(&theirs, 422, "invalid_offer");
        let enrolled = holder.send(Method::POST, "/authenticator", None, confirm(&offer, &app.code(&op))).await;
        assert_eq!(enrolled.ok().json()["recovery_codes"].as_array().unwrap().len(), 10);
        browser.open("/account").await;
        assert!(browser.is_at("/login"), "the other session ended");
        let again = holder.send(Method::POST, "/authenticator", None, confirm(&offer, &app.code(&op))).await;
        problem(&again, 409, "already_enrolled");
        let tag = holder.read("/authenticator").await.header("etag").to_owned();
        let name = || Some(json!({ "name": "tablet" }));
        problem(&holder.send(Method::PATCH, "/authenticator", None, name()).await, 428, "if_match_required");
        let renamed = holder.send(Method::PATCH, "/authenticator", Some(&tag), name()).await;
        assert_eq!(renamed.ok().json()["name"], "tablet");
        problem(&holder.send(Method::DELETE, "/authenticator", Some(&tag), None).await, 412, "stale");
        let codes = holder.read("/recovery-codes").await;
        assert_eq!(codes.json()["left"], 10);
        problem(&holder.send(Method::POST, "/recovery-codes", None, None).await, 428, "if_match_required");
        let fresh = holder.send(Method::POST, "/recovery-codes", Some(codes.header("etag")), None).await;
        assert_eq!(fresh.ok().json()["recovery_codes"].as_array().unwrap().len(), 10);
        let stale = holder.send(Method::POST, "/recovery-codes", Some(codes.header("etag")), None).await;
        problem(&stale, 412, "stale");
        let copy = holder.read("/export").await.ok().json();
        assert_eq!((&copy["authenticator"]["name"], &copy["recovery_codes"]["left"]), (&json!("tablet"), &json!(10)));
        op.advance(minutes(11));
        let late = holder.send(Method::DELETE, "/authenticator", Some(renamed.header("etag")), None).await;
        problem(&late, 401, "insufficient_user_authentication");
        for kind in ["authenticator.enrolled", "authenticator.renamed", "recovery_codes.replaced"] {
            assert!(holder.person.events(&op).await.contains(&kind.to_owned()), "{kind}");
        }
    }

    async fn remembered_browsers_are_listed_and_forgotten_one_or_all(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let (id, now) = (holder.person.id.clone(), op.now());
        op.write(move |tx| {
            for number in 0..3 {
                let hash = latchkey::platform::crypto::TokenHash::from_stored(format!("hash {number}"));
                let device = session::store::Device { user_agent: "Firefox".into(), network: "192.0.2.0/24".into() };
                let row = format!("device-{number}-{id}");
                let until = Some(now + days(30));
                let seen = known_device::store::Seen { id: &row, hash: &hash, person_id: &id, person_epoch: 0, device: &device, remembered_until: until };
                known_device::store::see(tx, &seen, now)?;
            }
            Ok(())
        })
        .await;
        let list = holder.read("/remembered-browsers").await;
        let all = list.ok().json();
        assert_eq!(all.as_array().unwrap().len(), 3);
        let path = format!("/remembered-browsers/{}", all[0]["id"].as_str().unwrap());
        let one = holder.read(&path).await;
        problem(&holder.send(Method::DELETE, &path, Some("\"x\""), None).await, 412, "stale");
        assert_eq!(holder.send(Method::DELETE, &path, Some(one.header("etag")), None).await.status, 204);
        problem(&holder.send(Method::DELETE, &path, Some(one.header("etag")), None).await, 404, "not_found");
        let every = "/remembered-browsers";
        problem(&holder.send(Method::DELETE, every, Some(list.header("etag")), None).await, 412, "stale");
        let tag = holder.read(every).await.header("etag").to_owned();
        assert_eq!(holder.send(Method::DELETE, every, Some(&tag), None).await.status, 204);
        assert_eq!(holder.read(every).await.json(), json!([]));
    }

    async fn ses_07_one_signs_out_everywhere_else(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let stale = holder.read("/sessions").await.header("etag").to_owned();
        let mut browser = op.browser();
        browser.console("ada", "/account").await.ok();
        problem(&holder.send(Method::DELETE, "/sessions", None, None).await, 428, "if_match_required");
        problem(&holder.send(Method::DELETE, "/sessions", Some(&stale), None).await, 412, "stale");
        let tag = holder.read("/sessions").await.header("etag").to_owned();
        assert_eq!(holder.send(Method::DELETE, "/sessions", Some(&tag), None).await.status, 204);
        browser.open("/account").await;
        assert!(browser.is_at("/login"));
        assert_eq!(holder.read("/sessions").await.json().as_array().unwrap().len(), 1);
    }

    async fn a_first_password_is_set_and_none_goes_that_is_needed(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let held = holder.read("/password").await;
        assert_eq!((&held.json()["set"], &held.json()["removable"]), (&json!(true), &json!(false)));
        problem(&holder.send(Method::DELETE, "/password", None, None).await, 428, "if_match_required");
        problem(&holder.send(Method::DELETE, "/password", Some(held.header("etag")), None).await, 409, "no_passkey");
        let id = holder.person.id.clone();
        op.write(move |tx| latchkey::model::credential::store::remove_password(tx, &id)).await;
        let none = holder.read("/password").await;
        assert_eq!(none.ok().json()["set"], false);
        let new = || Some(json!({ "new_password": "difference engine no 2" }));
        problem(&holder.send(Method::POST, "/password", Some(held.header("etag")), new()).await, 412, "stale");
        assert_eq!(holder.send(Method::POST, "/password", Some(none.header("etag")), new()).await.status, 204);
        assert_eq!(holder.read("/password").await.json()["set"], true);
    }

    async fn a_deletion_is_confirmed_and_ends_the_token_that_asked(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let asked = holder.read("/deletion").await;
        assert_eq!(asked.ok().json()["confirm"], "ada");
        let confirm = |word: &str| Some(json!({ "confirm": word }));
        problem(&holder.send(Method::POST, "/deletion", None, confirm("ada")).await, 428, "if_match_required");
        problem(&holder.send(Method::POST, "/deletion", Some("\"99\""), confirm("ada")).await, 412, "stale");
        problem(&holder.send(Method::POST, "/deletion", Some(asked.header("etag")), confirm("bob")).await, 422, "unconfirmed");
        let left = holder.send(Method::POST, "/deletion", Some(asked.header("etag")), confirm(" Ada ")).await;
        assert!(left.ok().json()["delete_at"].is_string());
        problem(&holder.read("/profile").await, 401, "invalid_token");
        assert!(holder.person.events(&op).await.contains(&"user.leaving".to_owned()));
    }

    async fn of_two_writers_through_api_and_console_one_wins_and_one_is_told(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        for round in 0..50 {
            browser.open("/account/profile").await.ok();
            let tag = holder.read("/profile").await.header("etag").to_owned();
            let (api, page) = (format!("api {round}"), format!("page {round}"));
            let fields = [("nickname", page.as_str())];
            let patch = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ "nickname": api })));
            let (one, two) = futures_util::future::join(patch, browser.submit(&fields)).await;
            let won = (one.status == 200, two.status == 200);
            assert!(matches!((one.status, two.status), (200, 409) | (412, 200)), "{round}: {} {}", one.status, two.status);
            let kept = holder.read("/profile").await.json()["claims"]["nickname"].clone();
            assert_eq!(kept, json!(if won.0 { &api } else { &page }), "{round}");
        }
    }
}
