//! A person with a passkey in a real browser, whose authenticator is virtual (WebDriver, Web Authentication §11).

use serde_json::{Value, json};

use crate::browser::{PASSWORD, Person, Stage, USERNAME};
use crate::support::{JavaScript, Window};

/// An authenticator in the browser, by the endpoint of its WebDriver.
struct Authenticator {
    base: String,
    id: String,
    http: reqwest::Client,
}

impl Authenticator {
    /// A phone or laptop that keeps keys, and whose owner says yes to everything.
    #[allow(clippy::disallowed_methods, reason = "it speaks WebDriver, which the driver library does not know in full")]
    async fn plug_in(stage: &Stage, person: &Person) -> Self {
        let session = person.driver.session_id().to_string();
        let base = format!("{}/session/{session}/webauthn/authenticator", stage.webdriver());
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let wanted = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        let answer: Value = http.post(&base).json(&wanted).send().await.unwrap().json().await.unwrap();
        let id = answer["value"].as_str().unwrap_or_else(|| panic!("no authenticator: {answer}")).to_owned();
        Self { base, id, http }
    }

    async fn credentials(&self) -> Vec<Value> {
        let url = format!("{}/{}/credentials", self.base, self.id);
        let answer: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        answer["value"].as_array().unwrap().clone()
    }

    /// The device is lost, and with it every key.
    async fn lose_keys(&self) {
        let url = format!("{}/{}/credentials", self.base, self.id);
        assert!(self.http.delete(url).send().await.unwrap().status().is_success());
    }

    async fn set_user_verified(&self, is_verified: bool) {
        let url = format!("{}/{}/uv", self.base, self.id);
        let answer = self.http.post(url).json(&json!({ "isUserVerified": is_verified })).send().await.unwrap();
        assert!(answer.status().is_success());
    }
}

/// WebDriver cannot pick an entry of the autofill list. With a key that is found by itself and an owner who says yes,
/// Chromium's virtual authenticator answers conditional mediation without anybody picking: the sign-in page then goes on
/// by itself. So the button is pressed before there is a key to find, or where it is the page's only way.
#[tokio::test]
async fn a_person_adds_a_passkey_signs_in_with_it_loses_it_and_comes_back() {
    passkey_visit(Window::DESKTOP).await;
}

#[tokio::test]
async fn a_person_on_a_phone_does_the_same_with_a_passkey() {
    passkey_visit(Window::PHONE).await;
}

async fn passkey_visit(window: Window) {
    let stage = Stage::set();
    let person = stage.person(JavaScript::On, window).await;
    let authenticator = Authenticator::plug_in(&stage, &person).await;
    person.open("/account/security/passkeys").await;
    person.element("passkey-submit").await;
    person.photograph("passkey-login").await;
    // No key yet: the device says no, and the page says so in words.
    person.press("passkey-submit").await;
    person.see("That was cancelled, or took too long.").await;
    person.photograph("passkey-cancelled").await;
    person.press("lost-link").await;
    person.photograph("passkey-lost").await;
    person.press("lost-back").await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("You have no passkey yet.").await;
    person.photograph("passkeys-none").await;
    person.press("passkey-add").await;
    person.see("Recovery codes").await;
    let codes = person.texts("#recovery-codes code").await;
    assert_eq!((codes.len(), authenticator.credentials().await.len()), (10, 1));
    person.photograph("passkeys-codes").await;
    person.press("codes-saved").await;
    person.see("not used yet").await;
    // The same device makes no second key.
    person.press("passkey-add").await;
    person.see("This device already has a passkey for your account.").await;
    person.photograph("passkeys-one").await;
    person.unfold("details.more > summary").await;
    person.photograph("passkeys-change").await;
    for (path, name) in
        [("/account/security", "passkeys-security"), ("/account/security/password", "passkeys-password")]
    {
        person.open(path).await;
        person.photograph(name).await;
    }
    // With nothing but the key: the autofill's request is answered, or the button is pressed.
    person.forget_session().await;
    person.go_to_sign_in_page().await;
    person.press_if_there("passkey-submit").await;
    person.press("consent-allow").await;
    person.see(r#""phr"#).await;
    // After a password, at the page of the second step; a device that does not check its owner is not enough.
    authenticator.set_user_verified(false).await;
    person.forget_session().await;
    person.go_to_sign_in_page().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("Use your passkey").await;
    person.photograph("passkey-second").await;
    authenticator.set_user_verified(true).await;
    person.press("passkey-submit").await;
    person.see("Welcome aboard").await;
    // The device is lost: password and recovery code.
    authenticator.lose_keys().await;
    person.forget_session().await;
    person.go_to_sign_in_page().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.press("passkey-submit").await;
    person.see("That was cancelled, or took too long.").await;
    person.press("code-other").await;
    person.type_into("code", &codes[0]).await;
    person.press("code-submit").await;
    person.see("Welcome aboard").await;
    person.open("/account/security/passkeys").await;
    person.photograph("passkeys-after").await;
    person.leave(&[]).await;
}

#[tokio::test]
async fn without_javascript_the_pages_say_what_passkeys_need() {
    let stage = Stage::set();
    let person = stage.person(JavaScript::Off, Window::DESKTOP).await;
    person.open("/account/security/passkeys").await;
    person.element("login-submit").await;
    assert!(!person.text().await.contains("Sign in with a passkey"));
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("To add a passkey you need JavaScript").await;
    assert!(!person.text().await.contains("Add a passkey"));
    person.leave(&[]).await;
}
