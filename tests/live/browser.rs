//! A person in front of a real browser, at the demo application of `latchkey dev`.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::{By, WebDriver, WebElement};

use crate::support::latchkey::Setup;
use crate::support::{Chromium, JavaScript, Latchkey, Window};

const PATIENCE: Duration = Duration::from_secs(20);
pub const USERNAME: &str = "ada";
pub const PASSWORD: &str = "analytical engine 1843";
/// What the demo shows of the ID token, only when all went well.
const EMAIL: &str = r#""email": "ada@example.com""#;

#[tokio::test]
async fn a_person_signs_in_consents_sees_the_claims_refreshes_and_signs_out() {
    whole_visit(JavaScript::On, Window::DESKTOP).await;
}

#[tokio::test]
async fn a_person_without_javascript_does_the_same() {
    whole_visit(JavaScript::Off, Window::DESKTOP).await;
}

#[tokio::test]
async fn a_person_on_a_phone_does_the_same_and_never_scrolls_sideways() {
    whole_visit(JavaScript::On, Window::PHONE).await;
}

async fn whole_visit(javascript: JavaScript, window: Window) {
    let stage = Stage::set();
    let person = stage.person(javascript, window).await;
    person.open("/").await;
    person.see("Latchkey").await;
    person.photograph("home").await;
    person.go_to_sign_in().await;
    person.photograph("login").await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("Harbour will be able to").await;
    person.photograph("consent").await;
    person.press("consent-allow").await;
    person.see("Welcome aboard, Ada Lovelace").await;
    person.see(EMAIL).await;
    person.photograph("demo-claims").await;
    for (button, title) in
        [("demo-refresh", "Refreshed tokens"), ("demo-userinfo", "Userinfo"), ("demo-introspect", "Introspection")]
    {
        person.press(button).await;
        person.see(title).await;
    }
    person.open("/").await;
    person.see("Ada Lovelace").await;
    person.photograph("home-signed-in").await;
    person.open("/demo").await;
    person.press("demo-logout").await;
    person.see("You’re signed out of Harbour.").await;
    person.photograph("demo-signed-out").await;
    // The session at the provider is over too: the password is asked for again.
    person.press("demo-login").await;
    person.element("password").await;
    person.leave(&[]).await;
}

#[tokio::test]
async fn after_a_wrong_password_the_page_says_so_and_the_right_one_works() {
    let stage = Stage::set();
    let person = stage.person(JavaScript::On, Window::DESKTOP).await;
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, "difference engine 1822").await;
    person.see("That username and password don’t match.").await;
    assert_eq!(person.element("username").await.value().await.unwrap().as_deref(), Some(USERNAME));
    assert_eq!(person.element("password").await.value().await.unwrap().as_deref(), Some(""));
    person.photograph("login-wrong").await;
    person.type_into("password", PASSWORD).await;
    person.press("login-submit").await;
    person.press("consent-allow").await;
    person.see(EMAIL).await;
    person.leave(&[]).await;
}

#[tokio::test]
async fn after_a_no_the_application_learns_access_denied() {
    let stage = Stage::set();
    let person = stage.person(JavaScript::On, Window::DESKTOP).await;
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.press("consent-deny").await;
    person.see("access_denied").await;
    assert_eq!(person.element("demo-error").await.text().await.unwrap(), "access_denied");
    person.photograph("demo-denied").await;
    // The demo answers an error with its status, and a browser reports that.
    person.leave(&["status of 400"]).await;
}

#[tokio::test]
async fn after_a_cancel_the_application_learns_access_denied() {
    let stage = Stage::set();
    let person = stage.person(JavaScript::On, Window::DESKTOP).await;
    person.go_to_sign_in().await;
    person.press("login-cancel").await;
    person.see("access_denied").await;
    person.leave(&["status of 400"]).await;
}

#[tokio::test]
async fn the_second_sign_in_needs_neither_password_nor_consent() {
    let stage = Stage::set();
    let person = stage.person(JavaScript::On, Window::DESKTOP).await;
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.press("consent-allow").await;
    person.see(EMAIL).await;
    let first = person.claim("sub").await;
    // The demo forgets its visitor; the provider doesn't.
    person.driver.delete_cookie("demo_s").await.unwrap();
    person.open("/demo").await;
    person.press("demo-login").await;
    person.see(EMAIL).await;
    assert_eq!(person.claim("sub").await, first);
    person.leave(&[]).await;
}

#[tokio::test]
async fn what_cannot_go_back_to_the_application_is_a_page_with_error_code_and_reference() {
    let stage = Stage::set();
    for window in [Window::DESKTOP, Window::PHONE] {
        let person = stage.person(JavaScript::On, window).await;
        person.open("/authorize?client_id=nobody&response_type=code&redirect_uri=https://rp.example/cb").await;
        person.see("LK-").await;
        let text = person.text().await.to_lowercase();
        assert!(text.contains("error") && text.contains("unauthorized_client"), "{text}");
        person.photograph("error").await;
        person.open("/no-such-page").await;
        person.photograph("not-found").await;
        person.open("/logout").await;
        person.photograph("logout-nobody").await;
        person.go_to_sign_in().await;
        person.sign_in(USERNAME, PASSWORD).await;
        person.element("consent-allow").await;
        person.open("/logout").await;
        person.element("logout-confirm").await;
        person.photograph("logout-confirm").await;
        person.press("logout-confirm").await;
        person.see("You’re signed out").await;
        person.photograph("logout-done").await;
        // A browser reports the status of a page that is meant to be an error.
        person.leave(&["status of 400", "status of 404"]).await;
    }
}

// ------------------------------------------------------------------------------------------------------- the stage

/// A provider of its own, and browsers.
pub struct Stage {
    latchkey: Latchkey,
    chromium: Chromium,
}

impl Stage {
    pub fn set() -> Self {
        Self::of(Latchkey::dev())
    }

    /// With a provider that is set up otherwise.
    pub fn of(setup: Setup) -> Self {
        Self { latchkey: setup.start(), chromium: Chromium::start() }
    }

    /// An address of the provider.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.latchkey.issuer())
    }

    /// The address of the WebDriver server.
    pub fn webdriver(&self) -> String {
        self.chromium.url()
    }

    pub async fn person(&self, javascript: JavaScript, window: Window) -> Person {
        let driver = self.chromium.open_sized(javascript, window).await;
        let person = Person { driver, issuer: self.latchkey.issuer(), window, javascript };
        if window == Window::PHONE {
            // A window cannot be as narrow as a phone is.
            let size =
                json!({ "width": window.width, "height": window.height, "deviceScaleFactor": 2, "mobile": true });
            person.devtools("Emulation.setDeviceMetricsOverride", size).await;
        }
        person
    }
}

/// A person and their browser.
pub struct Person {
    pub driver: WebDriver,
    issuer: String,
    window: Window,
    javascript: JavaScript,
}

impl Drop for Person {
    fn drop(&mut self) {
        // A failed test must not wait for a browser to say goodbye: the fixture ends it.
        let _ = self.driver.clone().leak();
    }
}

impl Person {
    pub async fn open(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.issuer)).await.unwrap();
    }

    /// The demo's way to the sign-in page, which may go on by itself from there.
    pub async fn go_to_sign_in_page(&self) {
        self.open("/demo").await;
        self.press("demo-login").await;
    }

    /// Nobody is signed in any more, neither here nor at the demo.
    pub async fn forget_session(&self) {
        self.driver.delete_all_cookies().await.unwrap();
    }

    /// Presses a button unless the page has gone on meanwhile.
    pub async fn press_if_there(&self, id: &str) {
        if let Ok(element) = self.driver.find(By::Id(id)).await {
            let _ = element.click().await;
        }
    }

    /// Opens what is folded.
    pub async fn unfold(&self, css: &str) {
        self.driver.find(By::Css(css)).await.unwrap().click().await.unwrap();
    }

    /// What each of these elements says.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.driver.find_all(By::Css(css)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    pub async fn go_to_sign_in(&self) {
        self.open("/demo").await;
        self.photograph("demo-start").await;
        self.press("demo-login").await;
        self.element("login-submit").await;
    }

    pub async fn sign_in(&self, username: &str, password: &str) {
        self.type_into("username", username).await;
        self.type_into("password", password).await;
        self.press("login-submit").await;
    }

    pub async fn element(&self, id: &str) -> WebElement {
        self.until(&format!("#{id} shows"), async || {
            let element = self.driver.find(By::Id(id)).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        })
        .await
    }

    pub async fn press(&self, id: &str) {
        self.stays_in_its_width().await;
        self.element(id).await.click().await.unwrap();
    }

    pub async fn type_into(&self, id: &str, text: &str) {
        let field = self.element(id).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until the page shows this text.
    pub async fn see(&self, text: &str) {
        self.until(&format!("the page says {text:?}"), async || self.text().await.contains(text).then_some(())).await;
    }

    /// What the page shows; nothing between two pages.
    pub async fn text(&self) -> String {
        let Ok(body) = self.driver.find(By::Tag("body")).await else { return String::new() };
        body.text().await.unwrap_or_default()
    }

    /// A claim of the ID token that the demo shows.
    async fn claim(&self, name: &str) -> String {
        let text = self.text().await;
        let (_, rest) = text.split_once(&format!("\"{name}\": \"")).unwrap_or_else(|| panic!("no {name} in\n{text}"));
        rest.split('"').next().unwrap().to_owned()
    }

    async fn until<T>(&self, what: &str, ready: impl AsyncFn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(found) = ready().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let url = self.driver.current_url().await.map(String::from).unwrap_or_default();
        panic!("not within {PATIENCE:?}: {what}. At {url}:\n{}", self.text().await);
    }

    async fn stays_in_its_width(&self) {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let (content, visible) =
            (metrics["cssContentSize"]["width"].as_f64(), metrics["cssLayoutViewport"]["clientWidth"].as_f64());
        assert!(content <= visible, "the page is {content:?} wide, the window {visible:?}\n{}", self.text().await);
    }

    /// Ends the visit. Whatever the browser complained about fails the test, unless it says one of `expected`.
    pub async fn leave(self, expected: &[&str]) {
        let log = self.driver.browser_log().await.unwrap();
        let complaints = log.iter().filter(|entry| !matches!(entry.level.as_str(), "INFO" | "DEBUG" | "FINE"));
        let complaints = complaints.map(|entry| format!("{} {}", entry.level, entry.message));
        let unexpected: Vec<_> = complaints.filter(|line| !expected.iter().any(|text| line.contains(text))).collect();
        assert_eq!(unexpected, Vec::<String>::new());
        self.driver.clone().quit().await.unwrap();
    }

    /// With `LATCHKEY_SCREENSHOTS` set: the whole page, light and dark, in `screenshots/`.
    pub async fn photograph(&self, name: &str) {
        self.stays_in_its_width().await;
        if std::env::var_os("LATCHKEY_SCREENSHOTS").is_none() || self.javascript == JavaScript::Off {
            return;
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        for scheme in ["light", "dark"] {
            let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, still] });
            self.devtools("Emulation.setEmulatedMedia", media).await;
            let painted = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
            self.devtools("Runtime.evaluate", json!({ "expression": painted, "awaitPromise": true })).await;
            let file = folder.join(format!("{name}-{}-{scheme}.png", self.window.width));
            std::fs::write(file, self.picture().await).unwrap();
        }
    }

    async fn picture(&self) -> Vec<u8> {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let (width, height) = (&metrics["cssContentSize"]["width"], &metrics["cssContentSize"]["height"]);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let picture = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", picture).await;
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, picture["data"].as_str().unwrap()).unwrap()
    }

    /// Speaks the browser's own protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }
}
