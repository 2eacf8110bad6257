//! Interactions under attack: no page lets anybody past a step that is still due, whatever is posted to it, in whatever
//! order; and an interaction is of use in its own browser alone (I6, SES-11).

use crate::support::answer::between;
use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::{Answer, Browser, RelyingParty, Setup, TestOp};
use latchkey::platform::http::cookies::SESSION;
use reqwest::Method;
use serde_json::json;

/// Every page and form of an interaction; those that end one come last.
const PAGES: [(&str, &str); 16] = [
    ("/login/", ""),
    ("/login/accounts/", ""),
    ("/login/code/", ""),
    ("/login/mail/", ""),
    ("/login/mail/", "/code"),
    ("/login/lost/", ""),
    ("/login/leaving/", ""),
    ("/login/passkey/", ""),
    ("/login/passkey/", "/options"),
    ("/consent/", ""),
    ("/recovery/", ""),
    ("/recovery/", "/code"),
    ("/signup/", ""),
    ("/signup/", "/code"),
    ("/authorize/", ""),
    ("/logout/", ""),
];

/// The pages that an email's link opens. An interaction's id is no link.
const LINKS: [&str; 3] = ["/login/mail/link/", "/recovery/link/", "/signup/link/"];

/// Forms of every page: empty, in parts, and with guesses. Each but the first two carries the right token.
const FORMS: [&[(&str, &str)]; 13] = [
    &[],
    &[("code", ""), ("username", ""), ("password", ""), ("email", ""), ("name", ""), ("decision", ""), ("account", "")],
    &[("username", "ada")],
    &[("password", PASSWORD)],
    &[("username", "ada"), ("password", "")],
    &[("username", "ada"), ("password", "difference engine")],
    &[("code", "000000"), ("remember", "1")],
    &[("code", "0000 0000"), ("password", "difference engine number two"), ("name", "Eve"), ("username", "eve")],
    &[("username", "ada"), ("code", "AAAA-AAAA-AAAA-AAAA")],
    &[("decision", "allow")],
    &[("account", "0"), ("decision", "nonsense")],
    &[("credential", "{}"), ("person", "ada"), ("proof", "AAAA")],
    &[("email", "eve@example.com"), ("code", "\u{0}"), ("credential", "\u{202e}")],
];

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let limits = ["mail_account", "mail_address", "sign_in_account", "sign_in_address", "sign_in_network"];
    let limits: String = limits.iter().map(|limit| format!("{limit} = \"off\"\n")).collect();
    let config = format!("[throttle]\n{limits}[signup]\nmode = \"open\"\n{}", mailbox.config());
    (setup.named().config(&config).start(), mailbox)
}

/// The people: Ada, who has an app, and Grace and Mary, who are signed in; Mary's app is new.
struct Cast {
    rp: RelyingParty,
    grace: Browser,
    mary: Browser,
}

async fn cast(op: &TestOp) -> Cast {
    op.person("ada").await.enrol(op).await;
    op.person("grace").await;
    let (mary, rp) = (op.person("mary").await, op.web_app().await);
    let (mut one, mut two) = (op.browser(), op.browser());
    for (browser, name) in [(&mut one, "grace"), (&mut two, "mary")] {
        browser.open(&op.url("/login")).await.ok();
        browser.sign_in(name, PASSWORD).await.ok();
        assert!(browser.cookies.contains_key(SESSION));
    }
    mary.enrol(op).await;
    Cast { rp, grace: one, mary: two }
}

/// Where a person stands when somebody tries to get further. At each of them a step is due that none of the forms is.
const PLACES: [&str; 9] = [
    "nobody is signed in",
    "a password was right and a code is due",
    "the home page asked",
    "the account console asked",
    "a sign-up was asked for",
    "a logout is to be confirmed",
    "who is signed in must do so again",
    "an account is to be chosen",
    "a second factor is asked for",
];

/// A browser there, with the interaction's page open.
async fn stand(op: &TestOp, cast: &Cast, place: &str) -> Browser {
    let url = |name: &str, value: &str| cast.rp.request().with(name, value).url();
    let essential = json!({"id_token": {"acr": {"essential": true, "values": ["2fa"]}}}).to_string();
    let (mut browser, url) = match place {
        "nobody is signed in" | "a password was right and a code is due" => (op.browser(), cast.rp.request().url()),
        "the home page asked" => (op.browser(), op.url("/login")),
        "the account console asked" => (op.browser(), op.url("/account/security")),
        "a sign-up was asked for" => (op.browser(), url("prompt", "create")),
        "a logout is to be confirmed" => (cast.grace.clone(), op.url("/logout")),
        "who is signed in must do so again" => (cast.grace.clone(), url("prompt", "login")),
        "an account is to be chosen" => (cast.grace.clone(), url("prompt", "select_account")),
        _ => (cast.mary.clone(), url("claims", &essential)),
    };
    browser.open(&url).await.ok();
    if place.starts_with("a password was right") {
        browser.sign_in("ada", PASSWORD).await.ok();
        assert!(browser.is_at("/login/code"), "{}", browser.path);
    }
    browser
}

/// The id and the token of the interaction whose page is open.
fn interaction(browser: &Browser) -> (String, String) {
    let path = browser.path.split('?').next().unwrap();
    (path.rsplit('/').next().unwrap().to_owned(), browser.csrf())
}

/// No fault, no code, and nobody signed in who was not.
#[track_caller]
fn gained_nothing(answer: &Answer, browser: &Browser, before: Option<&String>, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.body);
    assert!(!answer.location().is_some_and(|to| to.contains("code=")), "{what}: {:?}", answer.location());
    assert_eq!(browser.cookies.get(SESSION), before, "{what}: a session");
}

/// Opens a page and posts every form to it.
async fn try_page(browser: &Browser, path: &str, tokens: [&str; 2], place: &str) {
    let before = browser.cookies.get(SESSION).cloned();
    let [csrf, foreign] = tokens;
    let bare = [vec![], vec![("csrf", foreign), ("decision", "allow")]];
    let whole = FORMS.iter().map(|form| std::iter::once(("csrf", csrf)).chain(form.iter().copied()).collect());
    for form in bare.into_iter().chain(whole) {
        let mut tab = browser.clone();
        let answer = tab.post(path, &form).await;
        gained_nothing(&answer, &tab, before.as_ref(), &format!("{place}: POST {path} {form:?}"));
    }
    let mut tab = browser.clone();
    let answer = tab.open(path).await;
    gained_nothing(&answer, &tab, before.as_ref(), &format!("{place}: GET {path}"));
}

on_both_stores! {
    async fn i6_no_step_is_skipped_by_a_later_page_an_empty_form_or_a_guess(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        let cast = cast(&op).await;
        for place in PLACES {
            for (start, end) in PAGES {
                // A page may end the interaction; the next one is tried with another.
                let browser = stand(&op, &cast, place).await;
                let (id, csrf) = interaction(&browser);
                let foreign = stand(&op, &cast, place).await.csrf();
                try_page(&browser, &format!("{start}{id}{end}"), [&csrf, &foreign], place).await;
            }
            let browser = stand(&op, &cast, place).await;
            let (id, csrf) = interaction(&browser);
            for link in LINKS {
                try_page(&browser, &format!("{link}{id}"), [&csrf, ""], place).await;
            }
        }
    }

    async fn ses_11_an_interaction_is_an_error_page_with_a_reference_in_every_other_browser(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        let cast = cast(&op).await;
        for place in PLACES {
            let (id, csrf) = interaction(&stand(&op, &cast, place).await);
            // A browser with an interaction of its own, and one in which somebody is signed in.
            for theirs in [stand(&op, &cast, "nobody is signed in").await, cast.grace.clone()] {
                let before = theirs.cookies.get(SESSION).cloned();
                for (start, end) in PAGES {
                    let path = format!("{start}{id}{end}");
                    let posts = FORMS.iter().step_by(3).map(|form| {
                        Some(std::iter::once(("csrf", csrf.as_str())).chain(form.iter().copied()).collect::<Vec<_>>())
                    });
                    for form in posts.chain([None]) {
                        let mut tab = theirs.clone();
                        let method = if form.is_some() { Method::POST } else { Method::GET };
                        let answer = tab.request(method, &path, form.as_deref()).await;
                        let what = format!("{place}: {path} {form:?}");
                        gained_nothing(&answer, &tab, before.as_ref(), &what);
                        // What has only the one method says so; everything else is refused, and can be asked about.
                        assert!(matches!(answer.status, 400 | 405), "{what}: {} {}", answer.status, answer.body);
                        assert!(answer.status == 405 || answer.reference().starts_with("LK-"), "{what}");
                    }
                }
            }
        }
    }

    async fn what_was_tried_in_vain_leaves_the_honest_way_open(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        let cast = cast(&op).await;
        let mut browser = op.browser();
        let request = cast.rp.request();
        browser.open(&request.url()).await.ok();
        let (id, csrf) = interaction(&browser);
        for (start, end) in PAGES {
            try_page(&browser, &format!("{start}{id}{end}"), [&csrf, ""], "nobody is signed in").await;
        }
        browser.open(&format!("/login/{id}")).await.ok();
        browser.sign_in("grace", PASSWORD).await.ok();
        let answer = browser.allow().await;
        cast.rp.redeem(&answer.query()["code"], &request).await.ok();
    }

    async fn a_sign_in_of_one_interaction_brings_another_no_further_than_the_session_does(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        let cast = cast(&op).await;
        // Two requests of one browser: one wants a new sign-in, the other is answered by what there is.
        let mut browser = cast.grace.clone();
        browser.open(&cast.rp.request().with("prompt", "login").url()).await.ok();
        let (strict, _) = interaction(&browser);
        let mut other = browser.clone();
        other.open(&cast.rp.request().with("prompt", "login").url()).await.ok();
        other.submit(&[("username", "grace"), ("password", PASSWORD)]).await.ok();
        assert!(other.is_at("/consent"), "{}", other.path);
        other.open(&format!("/authorize/{strict}")).await.ok();
        assert!(other.is_at("/login") && other.page().body.contains("id=\"password\""), "{}", other.path);
        // Nor does a consent that is given before it is asked for stand in for the sign-in.
        let csrf = between(&other.page().body, "name=\"csrf\" value=\"", "\"").unwrap();
        other.post(&format!("/consent/{strict}"), &[("csrf", &csrf), ("decision", "allow")]).await.ok();
        assert!(other.is_at("/login"), "{}", other.path);
    }
}
