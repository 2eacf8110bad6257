//! The account API: a person's own token, problem+json, and no change of what was not read.

use crate::support::people::{PASSWORD, Person};
use crate::support::*;
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
        problem(&holder.send(Method::PATCH, "/profile", Some("*"), patch()).await, 428, "if_match_required");
        problem(&holder.send(Method::PATCH, "/profile", Some("\"99\""), patch()).await, 412, "stale");
        let saved = holder.send(Method::PATCH, "/profile", Some(&tag), patch()).await;
        assert_eq!(saved.ok().json()["claims"]["nickname"], "Enchantress");
        assert!(saved.json()["claims"]["zoneinfo"].is_null() && saved.header("etag") != tag);
        problem(&holder.send(Method::PATCH, "/profile", Some(&tag), patch()).await, 412, "stale");
        let tag = saved.header("etag").to_owned();
        let wrong = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ "website": "ftp://x" }))).await;
        problem(&wrong, 422, "invalid_claims");
        assert_eq!(wrong.json()["errors"][0]["claim"], "website");
        let email = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ "email": "x@example.org" }))).await;
        problem(&email, 422, "not_editable");
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
}
