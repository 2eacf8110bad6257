//! A person and their account in a real browser, with emails that really arrive: second factor, sign-up, a forgotten
//! password, addresses, codes by mail.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use thirtyfour::By;

use crate::browser::{PASSWORD, Person, Stage, USERNAME};
use crate::support::smtp::{Message, SmtpServer};
use crate::support::{JavaScript, Latchkey, Window};

const ADDRESS: &str = "ada@example.com";
const OTHER: &str = "countess@example.net";
const NEW: &str = "difference engine number two";
const WELCOME: &str = "Welcome aboard, Ada Lovelace";
const AUTHENTICATOR: &str = "/account/security/authenticator";
const ADDRESSES: &str = "/account/addresses";
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser reports the status of a page that is meant to be an error.
const REFUSED: [&str; 4] = ["status of 400", "status of 410", "status of 422", "status of 502"];

#[tokio::test]
async fn a_person_enrols_an_app_and_signs_in_by_its_code_a_recovery_code_and_a_remembered_browser() {
    authenticator_visit(JavaScript::On, Window::DESKTOP).await;
}

#[tokio::test]
async fn a_person_on_a_phone_does_the_same_with_an_app() {
    authenticator_visit(JavaScript::On, Window::PHONE).await;
}

#[tokio::test]
async fn a_person_without_javascript_does_the_same_with_an_app() {
    authenticator_visit(JavaScript::Off, Window::DESKTOP).await;
}

async fn authenticator_visit(javascript: JavaScript, window: Window) {
    let stage = Stage::set();
    let person = stage.person(javascript, window).await;
    person.open(AUTHENTICATOR).await;
    person.sign_in(USERNAME, PASSWORD).await;
    let secret = person.element("secret").await.text().await.unwrap();
    person.photograph("app-enrol").await;
    let mut app = App::typed(&secret);
    give_code(&person, "000000", "authenticator-submit").await;
    person.see("That code isn’t right.").await;
    person.photograph("app-enrol-wrong").await;
    assert_eq!(person.element("secret").await.text().await.unwrap(), secret);
    give_code(&person, &app.next_code().await, "authenticator-submit").await;
    person.element("codes-saved").await;
    let codes = person.texts("#recovery-codes code").await;
    assert_eq!(codes.len(), 10);
    person.photograph("app-codes").await;
    person.press("codes-saved").await;
    person.see("10 codes are left").await;
    person.photograph("app-on").await;
    sign_out(&person).await;

    // Password and code.
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("Enter your code").await;
    person.photograph("app-code").await;
    give_code(&person, "000000", "code-submit").await;
    person.see("That code isn’t right, or it was used already.").await;
    person.photograph("app-code-wrong").await;
    give_code(&person, &app.next_code().await, "code-submit").await;
    person.press("consent-allow").await;
    person.see(WELCOME).await;
    person.see(r#""acr": "2fa""#).await;

    // Password and recovery code, which is good once.
    person.forget_session().await;
    at_code(&person).await;
    person.press("code-other").await;
    person.see("Each works once.").await;
    person.photograph("app-recovery").await;
    give_code(&person, &codes[0], "code-submit").await;
    person.see(WELCOME).await;
    person.forget_session().await;
    at_code(&person).await;
    person.press("code-other").await;
    person.see("Each works once.").await;
    give_code(&person, &codes[0], "code-submit").await;
    person.see("That recovery code isn’t right, or it was used already.").await;
    person.photograph("app-recovery-used").await;

    // A browser that is remembered is asked for the password alone, and tells so.
    person.press("code-other").await;
    person.see("Open your authenticator app").await;
    person.unfold("input[name=remember]").await;
    give_code(&person, &app.next_code().await, "code-submit").await;
    person.see(WELCOME).await;
    sign_out(&person).await;
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see(WELCOME).await;
    person.see(r#""acr": "1fa""#).await;
    person.open(AUTHENTICATOR).await;
    person.see("9 codes are left").await;
    assert!(person.text().await.contains("These browsers are asked for your password only."));
    person.photograph("app-remembered").await;
    person.leave(&[]).await;
}

#[tokio::test]
async fn a_person_makes_an_account_by_the_code_of_a_letter_and_signs_in() {
    for (javascript, window) in [(JavaScript::On, Window::DESKTOP), (JavaScript::Off, Window::PHONE)] {
        let (stage, post) = with_post();
        let person = stage.person(javascript, window).await;
        person.go_to_sign_in().await;
        person.press("signup-link").await;
        person.element("signup-submit").await;
        person.photograph("signup").await;
        person.type_into("email", OTHER).await;
        person.press("signup-submit").await;
        person.see("Check your email").await;
        person.photograph("signup-code").await;
        let letter = post.letter(OTHER, "/signup/link/").await;
        assert!(!letter.text().contains(PASSWORD));
        let wrong = if letter.code() == "00000000" { "1111 1111" } else { "0000 0000" };
        choose_account(&person, Some(wrong)).await;
        person.see("That code is wrong or has expired").await;
        person.photograph("signup-wrong").await;
        choose_account(&person, Some(&letter.code())).await;
        // Signed in, and back at the very request of the application.
        person.press("consent-allow").await;
        person.see("Welcome aboard, Augusta King").await;
        person.see(&format!(r#""email": "{OTHER}""#)).await;
        person.see(r#""email_verified": true"#).await;
        person.leave(&[]).await;
    }
}

#[tokio::test]
async fn a_person_makes_an_account_by_the_link_of_a_letter_which_wants_more_than_to_be_opened() {
    let (stage, post) = with_post();
    let (asker, reader) = (stage.desktop().await, stage.phone().await);
    asker.open("/signup").await;
    asker.type_into("email", OTHER).await;
    asker.press("signup-submit").await;
    let link = post.letter(OTHER, "/signup/link/").await.link();
    // As a scanner does, which opens everything and sends nothing.
    for _ in 0..3 {
        reader.driver.goto(&link).await.unwrap();
        reader.see(&format!("For the address {OTHER}.")).await;
    }
    reader.photograph("signup-link").await;
    asker.open("/login").await;
    asker.sign_in(OTHER, NEW).await;
    asker.see("That username and password don’t match.").await;
    choose_account(&reader, None).await;
    reader.see("Manage your account").await;
    reader.see("Augusta King").await;
    reader.driver.goto(&link).await.unwrap();
    reader.see("This code or link no longer works").await;
    reader.photograph("signup-over").await;
    asker.sign_in(OTHER, NEW).await;
    asker.see("Augusta King").await;
    asker.leave(&[]).await;
    reader.leave(&REFUSED).await;
}

#[tokio::test]
async fn who_forgot_the_password_sets_a_new_one_and_whoever_was_in_by_the_old_one_is_out() {
    let (stage, post) = with_post();
    let (person, other) = (stage.desktop().await, stage.phone().await);
    other.go_to_sign_in().await;
    other.sign_in(USERNAME, PASSWORD).await;
    other.press("consent-allow").await;
    other.see(WELCOME).await;
    other.press("demo-refresh").await;
    other.see("Refreshed tokens").await;

    person.go_to_sign_in().await;
    person.press("recovery-link").await;
    person.element("recovery-submit").await;
    person.photograph("recovery").await;
    person.type_into("username", USERNAME).await;
    person.press("recovery-submit").await;
    person.see("Check your email").await;
    person.photograph("recovery-code").await;
    let letter = post.letter(ADDRESS, "/recovery/link/").await;
    person.type_into("code", &letter.code()).await;
    person.type_into("password", "password1234").await;
    person.press("code-submit").await;
    person.element("password-error").await;
    person.photograph("recovery-weak").await;
    person.type_into("code", &letter.code()).await;
    person.type_into("password", NEW).await;
    person.press("code-submit").await;
    // Signed in, and the way goes on where it began.
    person.see(WELCOME).await;
    let told = post.letter(ADDRESS, "was just reset with a code").await;
    assert!(told.link().ends_with("/recovery"), "{}", told.text());

    // The other browser is signed out, and what its application held is worth nothing.
    other.press("demo-refresh").await;
    other.see("invalid_grant").await;
    other.open("/").await;
    other.see("Nobody is signed in yet.").await;
    // The old password is none any more.
    other.open("/login").await;
    other.sign_in(USERNAME, PASSWORD).await;
    other.see("That username and password don’t match.").await;

    // By the link, in a browser that did not ask; looking at it uses nothing up.
    person.open("/recovery").await;
    person.type_into("username", ADDRESS).await;
    person.press("recovery-submit").await;
    let link = post.newer_letter(ADDRESS, "/recovery/link/", &letter).await.link();
    for _ in 0..2 {
        other.driver.goto(&link).await.unwrap();
        other.see("Choose a new password").await;
    }
    other.photograph("recovery-link").await;
    other.type_into("password", "analytical engine number three").await;
    other.press("code-submit").await;
    other.see("Manage your account").await;
    person.open("/").await;
    person.see("Nobody is signed in yet.").await;
    other.driver.goto(&link).await.unwrap();
    other.see("Your password was not changed.").await;
    other.photograph("recovery-over").await;
    person.leave(&[]).await;
    other.leave(&REFUSED).await;
}

#[tokio::test]
async fn a_person_changes_their_main_address_both_sides_are_told_and_the_old_one_takes_it_back() {
    let (stage, post) = with_post();
    let (person, owner) = (stage.desktop().await, stage.phone().await);
    person.open(ADDRESSES).await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.element("address-add").await;
    person.photograph("addresses").await;
    person.type_into("email", OTHER).await;
    person.press("address-add").await;
    person.see("Not confirmed yet: you can’t sign in with it").await;
    person.photograph("addresses-added").await;
    let letter = post.letter(OTHER, "/account/addresses/link/").await;
    let code = person.driver.find(By::Css("input[name=code]")).await.unwrap();
    code.send_keys(letter.code()).await.unwrap();
    person.unfold("button[value=verify]").await;
    person.see("The address is confirmed.").await;
    person.photograph("addresses-confirmed").await;
    for to in [ADDRESS, OTHER] {
        post.letter(to, &format!("The address {OTHER} was added")).await;
    }
    person.unfold("button[value=primary]").await;
    person.see("Your change is saved.").await;
    person.photograph("addresses-changed").await;
    let changed = format!("from {ADDRESS} to {OTHER}");
    assert!(!post.letter(OTHER, &changed).await.text().contains("/undo/"), "the new side has no way back");
    let back = post.letter(ADDRESS, &changed).await;
    assert!(back.link().contains("/account/addresses/undo/"), "{}", back.text());

    owner.driver.goto(back.link()).await.unwrap();
    owner.see("Undo the change?").await;
    owner.photograph("address-undo").await;
    owner.press("address-undo").await;
    owner.see("The change was undone").await;
    owner.photograph("address-undone").await;
    person.open(ADDRESSES).await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see(ADDRESS).await;
    assert!(!person.text().await.contains(OTHER), "{}", person.text().await);
    owner.driver.goto(back.link()).await.unwrap();
    owner.see("This link no longer works").await;
    person.leave(&[]).await;
    owner.leave(&REFUSED).await;
}

#[tokio::test]
async fn a_mailed_code_and_link_sign_in_where_they_were_asked_for_and_nowhere_else() {
    let (stage, post) = with_post();
    let (person, other) = (stage.desktop().await, stage.phone().await);
    ask_for_code(&person).await;
    person.photograph("mail-code").await;
    let letter = post.letter(ADDRESS, "/login/mail/link/").await;
    other.driver.goto(letter.link()).await.unwrap();
    other.see("Use the browser where you started").await;
    other.photograph("mail-elsewhere").await;
    other.open("/").await;
    other.see("Nobody is signed in yet.").await;
    let wrong = if letter.code() == "00000000" { "1111 1111" } else { "0000 0000" };
    give_code(&person, wrong, "code-submit").await;
    person.see("That code is wrong or has expired.").await;
    person.photograph("mail-code-wrong").await;
    give_code(&person, &letter.code(), "code-submit").await;
    person.press("consent-allow").await;
    person.see(WELCOME).await;
    person.see(r#""otp""#).await;

    person.forget_session().await;
    ask_for_code(&person).await;
    let link = post.newer_letter(ADDRESS, "/login/mail/link/", &letter).await.link();
    person.driver.goto(&link).await.unwrap();
    person.see("One click signs you in.").await;
    person.photograph("mail-link").await;
    person.press("mail-enter").await;
    person.see(WELCOME).await;
    person.driver.goto(&link).await.unwrap();
    person.see("This link no longer works").await;
    person.photograph("mail-over").await;
    person.leave(&REFUSED).await;
    other.leave(&[]).await;
}

#[tokio::test]
async fn an_interaction_dies_in_another_browser_with_an_error_page_and_its_reference() {
    let (stage, _post) = with_post();
    let (person, thief) = (stage.desktop().await, stage.phone().await);
    thief.open("/login").await;
    person.go_to_sign_in().await;
    let mut stolen = vec![here(&person).await];
    for (link, page) in [("recovery-link", "recovery-submit"), ("recovery-back", "login-submit")] {
        person.press(link).await;
        person.element(page).await;
        stolen.push(here(&person).await);
    }
    person.press("signup-link").await;
    person.element("signup-submit").await;
    stolen.push(here(&person).await);
    person.press("signup-back").await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.element("consent-allow").await;
    stolen.push(here(&person).await);
    for url in &stolen {
        thief.driver.goto(url).await.unwrap();
        thief.see("LK-").await;
        assert!(!thief.text().await.contains("Ada"), "{url}: {}", thief.text().await);
    }
    thief.photograph("elsewhere").await;
    // Here it lives on.
    person.press("consent-allow").await;
    person.see(WELCOME).await;
    person.leave(&[]).await;
    thief.leave(&REFUSED).await;
}

#[tokio::test]
async fn from_right_to_left_no_page_scrolls_sideways() {
    let (stage, _post) = with_post();
    for window in [Window::DESKTOP, Window::PHONE] {
        let person = stage.person(JavaScript::On, window).await;
        // By the application's word alone; the console's pages go by what the browser speaks.
        let callback = stage.url("/demo/callback").replace(':', "%3A").replace('/', "%2F");
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        person
            .open(&format!(
                "/authorize?client_id=harbour&response_type=code&scope=openid%20profile%20email&ui_locales=ar\
             &redirect_uri={callback}&code_challenge={challenge}&code_challenge_method=S256"
            ))
            .await;
        person.element("login-submit").await;
        photograph_in_arabic(&person, "login").await;
        for (link, back, name) in [
            ("recovery-link", "recovery-back", "recovery"),
            ("signup-link", "signup-back", "signup"),
            ("lost-link", "lost-back", "lost"),
        ] {
            if link == "lost-link" {
                person.unfold("#login-others > summary").await;
            }
            person.press(link).await;
            person.element(back).await;
            photograph_in_arabic(&person, name).await;
            person.press(back).await;
            person.element("login-submit").await;
        }
        person.sign_in(USERNAME, "difference engine 1822").await;
        person.element("password-error").await;
        photograph_in_arabic(&person, "login-wrong").await;
        person.type_into("username", USERNAME).await;
        person.unfold("#login-others > summary").await;
        person.press("login-mail").await;
        person.element("mail-again").await;
        photograph_in_arabic(&person, "mail-code").await;
        person.press("mail-password").await;
        person.sign_in(USERNAME, PASSWORD).await;
        person.element("consent-allow").await;
        photograph_in_arabic(&person, "consent").await;
        person.speak("ar").await;
        for page in CONSOLE {
            person.open(page).await;
            let name = page.trim_start_matches('/').replace('/', "-");
            photograph_in_arabic(&person, &name).await;
        }
        person.open("/no-such-page").await;
        photograph_in_arabic(&person, "not-found").await;
        person.leave(&["status of 404"]).await;
    }
}

/// The pages of the console that anybody sees who is signed in.
const CONSOLE: [&str; 13] = [
    "/account",
    "/account/profile",
    ADDRESSES,
    "/account/security",
    "/account/security/password",
    "/account/security/passkeys",
    AUTHENTICATOR,
    "/account/sessions",
    "/account/applications",
    "/account/activity",
    "/account/appearance",
    "/account/data",
    "/account/data/delete",
];

async fn photograph_in_arabic(person: &Person, name: &str) {
    let page = person.driver.find(By::Css("html[lang=ar][dir=rtl]")).await;
    assert!(page.is_ok(), "{name} is not in Arabic: {}", person.text().await);
    person.photograph(&format!("ar-{name}")).await;
}

// ------------------------------------------------------------------------------------------------------- the emails

/// The mail server of a provider in another process.
struct Post(SmtpServer);

/// A provider whose emails leave by SMTP, and browsers.
fn with_post() -> (Stage, Post) {
    let server = SmtpServer::open();
    let setup = Latchkey::dev()
        .env("LATCHKEY__MAIL__SMTP", &server.url())
        .env("LATCHKEY__MAIL__FROM", "Latchkey <no-reply@id.example.com>");
    (Stage::of(setup), Post(server))
}

impl Post {
    /// The newest email to an address that says this, as soon as there is one.
    async fn letter(&self, to: &str, says: &str) -> Message {
        self.find(&format!("a letter to {to} that says {says:?}"), |letter| is_to(letter, to, says)).await
    }

    /// Such an email that is another one than this.
    async fn newer_letter(&self, to: &str, says: &str, than: &Message) -> Message {
        self.find("a newer letter", |letter| is_to(letter, to, says) && letter.raw != than.raw).await
    }

    async fn find(&self, what: &str, is_meant: impl Fn(&Message) -> bool) -> Message {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(letter) = self.0.messages().into_iter().rfind(&is_meant) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let texts: Vec<_> =
            self.0.messages().into_iter().map(|letter| (letter.recipient.clone(), letter.text())).collect();
        panic!("not within {PATIENCE:?}: {what}; there are {texts:#?}");
    }
}

fn is_to(letter: &Message, to: &str, says: &str) -> bool {
    // Lines are broken for those who read by terminal.
    let text = letter.text().split_whitespace().collect::<Vec<_>>().join(" ");
    letter.recipient == to && text.contains(says)
}

// ------------------------------------------------------------------------------------------------------- the person

/// An authenticator app (RFC 6238). It shows no code that was given already: none is taken twice.
struct App {
    totp: totp_rs::TOTP,
    newest: u64,
}

impl App {
    const STEP: u64 = 30;

    fn typed(secret: &str) -> Self {
        let seed = totp_rs::Secret::Encoded(secret.replace(char::is_whitespace, "")).to_bytes().unwrap();
        Self { totp: totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, Self::STEP, seed), newest: 0 }
    }

    /// The oldest code that is still good, so that the ones after it are left for later. Waits when all are used.
    #[allow(clippy::disallowed_methods, reason = "the provider is another process, which goes by the same clock")]
    async fn next_code(&mut self) -> String {
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
            let (present, is_late) = (now / Self::STEP, now % Self::STEP > 15);
            // The code before the present one is taken too; not when it may be too old on arrival.
            let oldest = if is_late { present } else { present - 1 };
            let step = oldest.max(self.newest + 1);
            if step <= present + 1 {
                self.newest = step;
                return self.totp.generate(step * Self::STEP);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

impl Person {
    /// The browser's languages, from the next page on.
    async fn speak(&self, language: &str) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } })).await;
    }
}

impl Stage {
    async fn desktop(&self) -> Person {
        self.person(JavaScript::On, Window::DESKTOP).await
    }

    async fn phone(&self) -> Person {
        self.person(JavaScript::On, Window::PHONE).await
    }
}

async fn here(person: &Person) -> String {
    person.driver.current_url().await.unwrap().into()
}

async fn give_code(person: &Person, code: &str, button: &str) {
    person.type_into("code", code).await;
    person.press(button).await;
}

/// From the application to the page of the second factor.
async fn at_code(person: &Person) {
    person.go_to_sign_in().await;
    person.sign_in(USERNAME, PASSWORD).await;
    person.see("Open your authenticator app").await;
}

/// Asks for a code by mail, at the application's sign-in.
async fn ask_for_code(person: &Person) {
    person.go_to_sign_in().await;
    person.type_into("username", USERNAME).await;
    person.unfold("#login-others > summary").await;
    person.press("login-mail").await;
    person.see("Enter the code from it, or open its link in this browser.").await;
}

/// Fills in the last page of a sign-up.
async fn choose_account(person: &Person, code: Option<&str>) {
    if let Some(code) = code {
        person.type_into("code", code).await;
    }
    person.type_into("name", "Augusta King").await;
    person.type_into("username", "augusta").await;
    person.type_into("password", NEW).await;
    person.press("code-submit").await;
}

/// Ends the session at the provider, and the demo's visit.
async fn sign_out(person: &Person) {
    person.open("/demo").await;
    let _ = person.driver.delete_cookie("demo_s").await;
    person.open("/logout").await;
    person.press("logout-confirm").await;
    person.see("You’re signed out").await;
}
