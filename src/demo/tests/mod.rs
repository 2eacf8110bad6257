//! The demo in a server of its own, against a provider that answers what a test wants.

mod fake_provider;

use super::*;
use crate::platform::random::OsRandom;
use actix_web::{App, HttpServer, web::Data};
use base64::Engine as _;
use fake_provider::{FakeProvider, Key};
use openssl::sha::sha256;
use serde_json::json;
use std::collections::HashMap;
use url::Url;

/// A browser at the demo; follows no redirects, keeps one cookie.
struct Browser {
    http: reqwest::Client,
    base: String,
    cookie: Option<String>,
}

struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Browser {
    async fn get(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    async fn post(&mut self, path: &str, csrf: &str) -> Answer {
        let request = self.http.post(format!("{}{path}", self.base)).form(&[("csrf", csrf)]);
        self.send(request).await
    }

    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        if let Some(cookie) = header("set-cookie") {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/demo"));
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let (status, location) = (answer.status().as_u16(), header("location").unwrap_or_default());
        Answer { status, location, body: answer.text().await.unwrap() }
    }

    /// Goes to the provider and returns the parameters of the authorization request.
    async fn leave(&mut self) -> HashMap<String, String> {
        let answer = self.get("/sign-in").await;
        assert_eq!(answer.status, 303);
        Url::parse(&answer.location).unwrap().query_pairs().into_owned().collect()
    }

    /// Comes back from there.
    async fn come_back(&mut self, parameters: &[(&str, &str)]) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.get(&format!("/callback?{query}")).await
    }
}

async fn demo_at(issuer: String) -> Browser {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://localhost:{}/demo", socket.local_addr().unwrap().port());
    let config = DemoConfig { issuer, client_id: "demo".into(), client_secret: "a:b c".into(), base_url: base.clone() };
    let demo = Data::new(Demo::new(config, Arc::new(OsRandom)).unwrap());
    let app = move || App::new().configure(|config| configure(config, demo.clone()));
    actix_web::rt::spawn(HttpServer::new(app).workers(1).disable_signals().listen(socket).unwrap().run());
    Browser { http: wire::client().unwrap(), base, cookie: None }
}

async fn provider_and_browser() -> (Key, FakeProvider, Browser) {
    let key = Key::new("first");
    let provider = FakeProvider::start(&key).await;
    let browser = demo_at(provider.issuer()).await;
    (key, provider, browser)
}

/// Signs Alice in, with a refresh token `rt-1`, and returns the CSRF token of the page.
async fn signed_in(key: &Key, provider: &FakeProvider, browser: &mut Browser) -> String {
    let asked = browser.leave().await;
    provider.answer_tokens(Some(key.sign(&provider.claims(&asked["nonce"]))), Some("rt-1")).await;
    let back = [("code", "c-1"), ("state", &asked["state"]), ("iss", &provider.issuer())];
    let answer = browser.come_back(&back).await;
    assert_eq!((answer.status, &answer.location), (303, &browser.base), "{}", answer.body);
    let page = browser.get("").await.body;
    page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_person_signs_in_sees_every_step_and_signs_out() {
    let (key, provider, mut browser) = provider_and_browser().await;
    assert_eq!(browser.get("").await.status, 200);
    let csrf = signed_in(&key, &provider, &mut browser).await;
    let page = browser.get("/").await.body;
    for part in ["Alice Liddell", "code_challenge", "code_verifier", "c-1", "at-1", "alice-1", "teal", "RS256"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let answer = browser.post("/sign-out", &csrf).await;
    let url = Url::parse(&answer.location).unwrap();
    let sent: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/logout");
    assert_eq!(sent["post_logout_redirect_uri"], format!("{}/signed-out", browser.base));
    assert_eq!(sent["id_token_hint"].split('.').count(), 3);
    assert!(!browser.get("").await.body.contains("Alice"));
    assert_eq!(browser.get(&format!("/signed-out?state={}", sent["state"])).await.status, 200);
}

#[actix_web::test]
async fn the_request_has_pkce_state_nonce_and_scopes_and_the_code_goes_with_the_verifier_and_the_secret() {
    let (key, provider, mut browser) = provider_and_browser().await;
    let asked = browser.leave().await;
    assert_eq!(asked["scope"], "openid profile email offline_access");
    assert_eq!((&*asked["response_type"], &*asked["code_challenge_method"]), ("code", "S256"));
    assert_eq!(asked["redirect_uri"], format!("{}/callback", browser.base));
    provider.answer_tokens(Some(key.sign(&provider.claims(&asked["nonce"]))), None).await;
    let back = [("code", "c-1"), ("state", &asked["state"]), ("iss", &provider.issuer())];
    assert_eq!(browser.come_back(&back).await.status, 303);
    let (authorization, form) = provider.last_token_request().await;
    let form: HashMap<_, _> = form.into_iter().collect();
    let base64 = base64::engine::general_purpose::STANDARD;
    assert_eq!(authorization, format!("Basic {}", base64.encode("demo:a%3Ab+c")));
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha256(form["code_verifier"].as_bytes()));
    assert_eq!((challenge, &*form["code"]), (asked["code_challenge"].clone(), "c-1"));
}

#[actix_web::test]
async fn an_answer_that_does_not_fit_the_request_is_refused_on_a_page() {
    let (_, provider, mut browser) = provider_and_browser().await;
    let issuer = provider.issuer();
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("code", "c"), ("state", "another"), ("iss", &issuer)], "invalid_state"),
        (&[("code", "c"), ("iss", &issuer)], "invalid_state"),
        (&[("code", "c"), ("state", "@"), ("iss", "https://evil.example")], "invalid_issuer"),
        (&[("code", "c"), ("state", "@")], "invalid_issuer"),
        (&[("code", "c"), ("code", "d"), ("state", "@"), ("iss", &issuer)], "invalid_response"),
        (&[("state", "@"), ("iss", &issuer)], "invalid_response"),
        (&[("error", "access_denied"), ("state", "@"), ("iss", &issuer)], "access_denied"),
        (&[("error", "<script>"), ("state", "@"), ("iss", &issuer)], "&#60;script&#62;"),
    ];
    for (parameters, code) in cases {
        let asked = browser.leave().await;
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (*name, if *value == "@" { &*asked["state"] } else { value }))
            .collect();
        let answer = browser.come_back(&parameters).await;
        assert_eq!(answer.status, 400, "{parameters:?}");
        assert!(answer.body.contains(code), "{code} in {}", answer.body);
    }
}

#[actix_web::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let (key, provider, mut browser) = provider_and_browser().await;
    let asked = browser.leave().await;
    provider.answer_tokens(Some(key.sign(&provider.claims(&asked["nonce"]))), None).await;
    let issuer = provider.issuer();
    let back = [("code", "c-1"), ("state", &*asked["state"]), ("iss", &issuer)];
    let mut stranger = Browser { cookie: None, http: browser.http.clone(), base: browser.base.clone() };
    assert_eq!(stranger.come_back(&back).await.status, 400);
    assert_eq!(browser.come_back(&back).await.status, 303);
    assert_eq!(browser.come_back(&back).await.status, 400);
}

#[actix_web::test]
async fn an_id_token_that_does_not_verify_signs_nobody_in() {
    let (key, provider, mut browser) = provider_and_browser().await;
    let foreign = Key::new("first");
    for fault in ["nonce", "aud", "iss", "exp", "at_hash", "signature", "none"] {
        let asked = browser.leave().await;
        let mut claims = provider.claims(&asked["nonce"]);
        match fault {
            "exp" => claims["exp"] = json!(1),
            "at_hash" => claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"),
            claim => claims[claim] = json!("https://another.example"),
        }
        let signed =
            if fault == "signature" { foreign.sign(&provider.claims(&asked["nonce"])) } else { key.sign(&claims) };
        provider.answer_tokens((fault != "none").then_some(signed), None).await;
        let back = [("code", "c-1"), ("state", &*asked["state"]), ("iss", &provider.issuer())];
        let answer = browser.come_back(&back).await;
        assert_eq!(answer.status, 502, "{fault}");
        assert!(answer.body.contains("invalid_id_token"), "{fault}: {}", answer.body);
    }
}

#[actix_web::test]
async fn a_refresh_rotates_and_shows_a_new_step_and_a_refused_one_keeps_the_page() {
    let (key, provider, mut browser) = provider_and_browser().await;
    let csrf = signed_in(&key, &provider, &mut browser).await;
    let mut claims = provider.claims("x");
    claims.as_object_mut().unwrap().remove("nonce");
    provider.answer_tokens(Some(key.sign(&claims)), Some("rt-2")).await;
    assert_eq!(browser.post("/refresh", &csrf).await.status, 303);
    assert!(browser.get("").await.body.contains("rt-2"));
    assert!(provider.last_token_request().await.1.contains(&("refresh_token".into(), "rt-1".into())));
    provider.answer("POST", "/token", 400, json!({"error": "invalid_grant"})).await;
    let refused = browser.post("/refresh", &csrf).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("invalid_grant"));
    assert!(provider.last_token_request().await.1.contains(&("refresh_token".into(), "rt-2".into())));
    assert!(browser.get("").await.body.contains("Alice"));
}

#[actix_web::test]
async fn userinfo_and_introspection_can_be_asked_again() {
    let (key, provider, mut browser) = provider_and_browser().await;
    let csrf = signed_in(&key, &provider, &mut browser).await;
    for page in ["/userinfo", "/introspect"] {
        assert_eq!(browser.post(page, &csrf).await.status, 303);
    }
    assert!(browser.get("").await.body.contains("active"));
    provider.answer("GET", "/userinfo", 200, json!({"sub": "someone-else"})).await;
    let refused = browser.post("/userinfo", &csrf).await;
    assert_eq!(refused.status, 502);
    assert!(refused.body.contains("userinfo_failed"));
}

#[actix_web::test]
async fn keys_that_were_rotated_are_fetched_anew() {
    let (key, provider, mut browser) = provider_and_browser().await;
    signed_in(&key, &provider, &mut browser).await;
    let next = Key::new("second");
    provider.publish(&next).await;
    signed_in(&next, &provider, &mut browser).await;
}

#[actix_web::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let (key, provider, mut browser) = provider_and_browser().await;
    signed_in(&key, &provider, &mut browser).await;
    for page in ["/refresh", "/userinfo", "/introspect", "/sign-out"] {
        assert_eq!(browser.post(page, "guess").await.status, 403);
        let bare = browser.http.post(format!("{}{page}", browser.base)).body(vec![0xff; 3000]);
        assert_eq!(browser.send(bare).await.status, 403);
    }
    assert!(browser.get("").await.body.contains("Alice"));
    browser.cookie = None;
    assert_eq!(browser.post("/refresh", "guess").await.status, 303, "nobody is signed in: back to the start");
}

#[actix_web::test]
async fn a_provider_that_does_not_answer_is_named_on_a_page_and_found_later() {
    let mut browser = demo_at("http://127.0.0.1:1".into()).await;
    let answer = browser.get("/sign-in").await;
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains("discovery_failed"));
    assert_eq!(browser.get("").await.status, 200);
    assert_eq!(browser.get("/signed-out?state=%ff&state=x").await.status, 200);
    assert_eq!(browser.get("/callback?%zz=%ff&&=").await.status, 400);
}
