//! The logouts as a real browser and a real server see them: an application on loopback that wants all of them.

use std::time::Duration;

use openidconnect::PkceCodeChallenge;
use serde_json::{Value, json};
use thirtyfour::{By, WebDriver};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, PASSWORD, Route, SECRET, Store, TRUSTED, USERNAME};
use crate::support::{Chromium, JavaScript, Latchkey};

const CLIENT: &str = "harbour";

/// Asks the provider's page, as Session Management §3.1 says, until it is asked no more.
const WATCH: &str = r#"<!doctype html><title>asking</title><iframe id="op" hidden></iframe><script>
    const [provider, message] = decodeURIComponent(location.hash.slice(1)).split('|');
    const frame = document.getElementById('op');
    frame.onload = () => frame.contentWindow.postMessage(message, new URL(provider).origin);
    window.onmessage = event => { if (event.origin === new URL(provider).origin) document.title = event.data; };
    frame.src = provider + '/check_session';
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_the_session_change_loads_the_frames_and_comes_back() {
    let (harbour, stage) = Harbour::open().await;
    let driver = stage.chromium.open(JavaScript::On).await;
    let (id_token, state) = harbour.sign_in(&stage, &driver).await;
    assert_eq!(harbour.watch(&stage, &driver, &format!("{CLIENT} {state}")).await, "unchanged");
    assert_eq!(harbour.watch(&stage, &driver, &format!("another {state}")).await, "changed");
    for malformed in ["", "harbour", "harbour no-salt", " .salt", "harbour hash."] {
        assert_eq!(harbour.watch(&stage, &driver, malformed).await, "error", "{malformed:?}");
    }
    driver.goto(harbour.sign_out(&stage, &id_token)).await.unwrap();
    until(&driver, "the browser is back at the application", async || at(&driver, "/out").await).await;
    assert!(driver.current_url().await.unwrap().as_str().ends_with("/out?state=s1"));
    harbour.was_told(&stage, &id_token).await;
    assert_eq!(harbour.watch(&stage, &driver, &format!("{CLIENT} {state}")).await, "changed");
    let log = driver.browser_log().await.unwrap();
    let complaints: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    driver.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_javascript_the_frames_load_and_the_page_goes_on_by_itself() {
    let (harbour, stage) = Harbour::open().await;
    let driver = stage.chromium.open(JavaScript::Off).await;
    let (id_token, _) = harbour.sign_in(&stage, &driver).await;
    driver.goto(harbour.sign_out(&stage, &id_token)).await.unwrap();
    let link = driver.find(By::Id("logout-return")).await.unwrap();
    assert!(link.attr("href").await.unwrap().unwrap().ends_with("/out?state=s1"));
    until(&driver, "the browser is back at the application", async || at(&driver, "/out").await).await;
    harbour.was_told(&stage, &id_token).await;
    driver.quit().await.unwrap();
}

struct Stage {
    latchkey: Latchkey,
    chromium: Chromium,
}

/// The application.
struct Harbour {
    server: MockServer,
}

impl Harbour {
    async fn open() -> (Self, Stage) {
        let server = MockServer::start().await;
        let html = |text: &str| ResponseTemplate::new(200).set_body_raw(text.to_owned(), "text/html");
        Mock::given(path("/watch")).respond_with(html(WATCH)).mount(&server).await;
        Mock::given(any()).respond_with(html("<!doctype html><title>Harbour</title>")).mount(&server).await;
        let harbour = Self { server };
        let setup = stage::on(Store::Sqlite).config("egress.allow_addresses = [\"127.0.0.0/8\"]");
        let latchkey = stage::start(setup);
        stage::import(&latchkey, "client", &json!([harbour.metadata()]));
        (harbour, Stage { latchkey, chromium: Chromium::start() })
    }

    fn metadata(&self) -> Value {
        json!({
            "client_id": CLIENT, "client_secret": SECRET, "client_name": "Harbour", "trusted": true,
            "redirect_uris": [self.url("/callback")], "post_logout_redirect_uris": [self.url("/out")],
            "frontchannel_logout_uri": self.url("/frontchannel"), "frontchannel_logout_session_required": true,
            "backchannel_logout_uri": self.url("/backchannel"), "backchannel_logout_session_required": true,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.uri())
    }

    /// Mary signs in; the ID token that came of it, and the `session_state` of the response.
    #[allow(
        clippy::disallowed_methods,
        reason = "the application is an outsider: it fetches past the provider's own doors"
    )]
    async fn sign_in(&self, stage: &Stage, driver: &WebDriver) -> (String, String) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let issuer = stage.latchkey.issuer();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", CLIENT)
            .append_pair("redirect_uri", &self.url("/callback"))
            .append_pair("scope", "openid")
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256")
            .finish();
        driver.goto(format!("{issuer}/authorize?{query}")).await.unwrap();
        driver.find(By::Id("username")).await.unwrap().send_keys(USERNAME).await.unwrap();
        driver.find(By::Id("password")).await.unwrap().send_keys(PASSWORD).await.unwrap();
        driver.find(By::Id("login-submit")).await.unwrap().click().await.unwrap();
        until(driver, "the browser is at the application", async || at(driver, "/callback").await).await;
        let back = driver.current_url().await.unwrap();
        let parameter = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        let (code, session_state) = (parameter("code"), parameter("session_state"));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &self.url("/callback")),
            ("code_verifier", verifier.secret()),
        ];
        let request = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let request = request.post(format!("{issuer}/token")).basic_auth(CLIENT, Some(SECRET)).form(&form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        (answer["id_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned(), session_state)
    }

    /// What the provider's page answers to a message of ours.
    async fn watch(&self, stage: &Stage, driver: &WebDriver, message: &str) -> String {
        let asked = format!("{}|{message}", stage.latchkey.issuer());
        let fragment: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        // Another page first: a change of the fragment alone loads nothing.
        driver.goto(self.url("/")).await.unwrap();
        driver.goto(self.url(&format!("/watch#{}", fragment.replace('+', "%20")))).await.unwrap();
        let said = async || driver.title().await.ok().filter(|title| title != "asking" && !title.is_empty());
        until(driver, "the page answers", said).await
    }

    fn sign_out(&self, stage: &Stage, id_token: &str) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("id_token_hint", id_token)
            .append_pair("post_logout_redirect_uri", &self.url("/out"))
            .append_pair("state", "s1")
            .finish();
        format!("{}/logout?{query}", stage.latchkey.issuer())
    }

    /// Frame and logout token have come, for the very session of the ID token.
    async fn was_told(&self, stage: &Stage, id_token: &str) {
        let sid = claims(id_token)["sid"].as_str().unwrap().to_owned();
        let came = async |path: &str| {
            for _ in 0..200 {
                let requests = self.server.received_requests().await.unwrap();
                if let Some(request) = requests.into_iter().find(|request| request.url.path() == path) {
                    return request;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("nothing came to {path}: {}", stage.latchkey.log());
        };
        let query: Vec<_> = came("/frontchannel").await.url.query_pairs().into_owned().collect();
        assert_eq!(query, [("iss".to_owned(), stage.latchkey.issuer()), ("sid".to_owned(), sid.clone())]);
        let body = came("/backchannel").await.body;
        let token = String::from_utf8(body).unwrap().strip_prefix("logout_token=").unwrap().to_owned();
        assert_eq!(claims(&token)["sid"], sid);
        let receipts: Value =
            serde_json::from_str(&stage.latchkey.run(&["outbox", "list", "--all", "--json"])).unwrap();
        assert_eq!((&receipts[0]["client_id"], &receipts[0]["state"]), (&json!(CLIENT), &json!("delivered")));
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    let json = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part).unwrap();
    serde_json::from_slice(&json).unwrap()
}

async fn at(driver: &WebDriver, path: &str) -> Option<()> {
    let url = driver.current_url().await.ok()?;
    (url.path() == path).then_some(())
}

async fn until<T>(driver: &WebDriver, what: &str, ready: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = ready().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let url = driver.current_url().await.map(String::from).unwrap_or_default();
    panic!("not in time: {what}. At {url}:\n{}", driver.source().await.unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn f_05_kill_9_between_the_end_of_a_session_and_its_delivery_loses_no_logout_token() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    let setup = stage::on(Store::Sqlite).config("egress.allow_addresses = [\"127.0.0.0/8\"]");
    let mut latchkey = stage::start(setup);
    let uri = format!("{}/backchannel", server.uri());
    let listening = json!([{
        "client_id": TRUSTED, "client_secret": SECRET, "trusted": true, "redirect_uris": [stage::REDIRECT_URI],
        "backchannel_logout_uri": uri, "grant_types": ["authorization_code", "refresh_token"],
    }]);
    stage::import(&latchkey, "client", &listening);
    let route = Route::to(std::slice::from_ref(&latchkey));
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    let code = party.authorize(&mut person).unwrap();
    party.redeem(&code).expect_done("redemption");

    latchkey.run(&["session", "end", "--user", USERNAME]);
    let first = next_token(&server).await;
    latchkey.kill9();
    server.reset().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    latchkey.restart();
    let second = next_token(&server).await;
    assert_eq!(claims(&second)["jti"], claims(&first)["jti"]);
    let mut state = Value::Null;
    for _ in 0..200 {
        let receipts: Value = serde_json::from_str(&latchkey.run(&["outbox", "list", "--all", "--json"])).unwrap();
        state = receipts[0]["state"].clone();
        if state == "delivered" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no receipt, but {state}");
}

async fn next_token(server: &MockServer) -> String {
    for _ in 0..600 {
        if let Some(request) = server.received_requests().await.unwrap().pop() {
            return String::from_utf8(request.body).unwrap().strip_prefix("logout_token=").unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no logout token came");
}
