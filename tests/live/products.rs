//! Products that nobody of Latchkey wrote, in their stock settings: what is told to each is an issuer, an id and a secret.
//! `docs/applications.md` says the same of each.

use serde_json::{Value, json};
use thirtyfour::By;

use crate::stage::{self, PASSWORD, SECRET, Store, USERNAME};
use crate::support::products::{Product, Told};
use crate::support::{Chromium, JavaScript, Latchkey};
use crate::wire::Request;

const MARY: (&str, &str) = (USERNAME, PASSWORD);

/// A provider that knows one client more.
fn provider(client: &Value) -> Latchkey {
    let latchkey = stage::start(stage::on(Store::Sqlite));
    stage::import(&latchkey, "client", &json!([client]));
    latchkey
}

fn told<'a>(issuer: &'a str, client_id: &'a str) -> Told<'a> {
    Told { issuer, client_id, client_secret: SECRET }
}

#[test]
fn auth_js_in_its_stock_settings_learns_who_came() {
    let latchkey = provider(&json!({
        "client_id": "auth-js", "client_secret": SECRET,
        "redirect_uris": ["http://127.0.0.1/auth/callback/latchkey"],
    }));
    let issuer = latchkey.issuer();
    let product = Product::auth_js(told(&issuer, "auth-js"));
    let said = product.visited(MARY, &["press=/auth/signin/", &product.url("/auth/signin")]);
    assert!(said.contains("Mary Somerville") && said.contains("mary@example.com"), "{said}\n{}", product.log());
}

#[test]
fn python_social_auth_in_its_stock_settings_signs_in_without_pkce_and_refreshes_with_the_secret_in_the_body() {
    let latchkey = provider(&json!({
        "client_id": "django", "client_secret": SECRET, "redirect_uris": ["http://127.0.0.1/complete/oidc/"],
        "grant_types": ["authorization_code", "refresh_token"],
    }));
    let issuer = latchkey.issuer();
    let product = Product::python_social_auth(told(&issuer, "django"));
    let said = product.visited(MARY, &["press=/login/", &product.url("/")]);
    for expected in [r#""email": "mary@example.com""#, r#""name": "Mary Somerville""#, r#""is_refreshed": true"#] {
        assert!(said.contains(expected), "{said}\n{}", product.log());
    }
}

fn proxy(more: &Value) -> Value {
    let mut client = json!({
        "client_id": "proxy", "client_secret": SECRET, "redirect_uris": ["http://127.0.0.1/oauth2/callback"],
    });
    client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client
}

#[test]
fn oauth2_proxy_in_its_stock_settings_lets_in_whom_we_name_and_ends_the_session_from_behind() {
    // It sends neither code_challenge nor nonce unless it is told to.
    let latchkey = provider(&proxy(&json!({"require_pkce": false})));
    let issuer = latchkey.issuer();
    let from_behind = format!("--backend-logout-url={issuer}/logout?id_token_hint={{id_token}}");
    let Some(product) = Product::oauth2_proxy(told(&issuer, "proxy"), &[&from_behind]) else { return };
    let said = product.visited(MARY, &[&product.url("/oauth2/start?rd=/oauth2/userinfo")]);
    assert!(said.contains("mary@example.com"), "{said}\n{}", product.log());
    assert!(sessions(&latchkey) == 1, "{}", product.log());
    // After the sign-out its own page shows, with a status that says so.
    product.visited(MARY, &["errors", &product.url("/oauth2/start?rd=/oauth2/sign_out")]);
    assert_eq!(sessions(&latchkey), 1, "the second session of the person ended with its sign-out\n{}", product.log());
}

/// How many sessions Mary has.
fn sessions(latchkey: &Latchkey) -> usize {
    let listed = latchkey.run(&["session", "list", "--user", USERNAME, "--json"]);
    serde_json::from_str::<Value>(&listed).unwrap().as_array().unwrap().len()
}

#[test]
fn rfc9700_2_1_1_oauth2_proxy_that_sends_neither_pkce_nor_nonce_is_told_both_switches() {
    let latchkey = provider(&proxy(&json!({})));
    let issuer = latchkey.issuer();
    let Some(product) = Product::oauth2_proxy(told(&issuer, "proxy"), &[]) else { return };
    let said = product.visited(MARY, &["errors", &product.url("/oauth2/start")]);
    assert!(!said.contains("mary@example.com"), "{said}");
    let log = latchkey.log();
    assert!(log.contains("require_pkce") && log.contains("pkce.require"), "{log}");
    drop(product);
    let with_pkce = Product::oauth2_proxy(told(&issuer, "proxy"), &["--code-challenge-method=S256"]).unwrap();
    let said = with_pkce.visited(MARY, &[&with_pkce.url("/oauth2/start?rd=/oauth2/userinfo")]);
    assert!(said.contains("mary@example.com"), "{said}\n{}", with_pkce.log());
}

#[tokio::test]
async fn oidc_client_ts_in_its_stock_settings_signs_in_in_a_popup_and_renews() {
    let latchkey = provider(&json!({
        "client_id": "spa", "token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
    }));
    let issuer = latchkey.issuer();
    let product = Product::oidc_client_ts(told(&issuer, "spa"));
    let chromium = Chromium::start();
    let browser = chromium.open(JavaScript::On).await;
    browser.goto(product.url("/")).await.unwrap();
    let application = browser.window().await.unwrap();
    browser.find(By::Id("sign-in")).await.unwrap().click().await.unwrap();
    let popup = stage::eventually_async("the popup opens", async || {
        browser.windows().await.unwrap().into_iter().find(|window| *window != application)
    })
    .await;
    browser.switch_to_window(popup).await.unwrap();
    for (id, text) in [("username", USERNAME), ("password", PASSWORD)] {
        let field = stage::eventually_async(id, async || browser.find(By::Id(id)).await.ok()).await;
        field.send_keys(text).await.unwrap();
    }
    browser.find(By::Id("login-submit")).await.unwrap().click().await.unwrap();
    let allow = stage::eventually_async("consent", async || browser.find(By::Id("consent-allow")).await.ok()).await;
    allow.click().await.unwrap();
    browser.switch_to_window(application).await.unwrap();
    let says = async |wanted: &str| {
        let said = browser.find(By::Id("said")).await.ok()?.text().await.ok()?;
        said.contains(wanted).then_some(())
    };
    let whole = "signed in as Mary Somerville <mary@example.com>";
    stage::eventually_async(whole, async || says(whole).await).await;
    browser.find(By::Id("renew")).await.unwrap().click().await.unwrap();
    let renewed = "renewed for Mary Somerville";
    stage::eventually_async(renewed, async || says(renewed).await).await;
    browser.quit().await.unwrap();
}

#[test]
fn the_pages_of_a_popup_keep_their_opener_and_the_account_does_not() {
    let latchkey =
        provider(&json!({"client_id": "x", "client_secret": SECRET, "redirect_uris": ["https://x.example/"]}));
    let policy = |path: &str| {
        let answer = Request::get(path).send(stage::port(&latchkey)).unwrap();
        answer.header("cross-origin-opener-policy").unwrap().to_owned()
    };
    for path in ["/authorize", "/login", "/logout", "/signup/x", "/recovery/x", "/consent/x"] {
        assert_eq!(policy(path), "unsafe-none", "{path}");
    }
    for path in ["/", "/account", "/token"] {
        assert_eq!(policy(path), "same-origin", "{path}");
    }
}
