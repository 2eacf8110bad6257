//! Which language and theme pages have, and the operator's own looks.

use crate::account_api::{Holder, problem};
use crate::support::answer::between;
use crate::support::people::PASSWORD;
use crate::support::*;
use latchkey::app;
use latchkey::pages::page::{Chooser, Page};
use latchkey::pages::preview::{Sample, Stage, USUAL};
use latchkey::platform::brand::Theme;
use latchkey::platform::i18n::{Texts, languages};
use reqwest::Method;
use serde_json::json;

/// Whether this build has every language; one that was made with fewer has less to choose from.
fn has_all_languages() -> bool {
    languages().len() >= 12
}

/// The language of a page.
fn lang(page: &Answer) -> String {
    between(&page.body, "<html lang=\"", "\"").unwrap()
}

/// What the page offers at its foot, and sends beside the choice.
fn chosen(page: &Answer, language: &str, theme: &str) -> Vec<(&'static str, String)> {
    let foot = page.body.split_once("class=\"chooser-form\"").expect("a choice").1;
    let hidden = |name: &str| between(foot, &format!("name=\"{name}\" value=\""), "\"").unwrap().replace("&#38;", "&");
    vec![
        ("to", hidden("to")),
        ("shown_language", hidden("shown_language")),
        ("shown_theme", hidden("shown_theme")),
        ("language", language.to_owned()),
        ("theme", theme.to_owned()),
    ]
}

async fn choose(browser: &mut Browser, language: &str, theme: &str) -> Answer {
    let fields = chosen(browser.page(), language, theme);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/appearance", &fields).await
}

/// The samples that `latchkey branding preview` renders for this provider.
fn samples(op: &TestOp) -> Vec<Sample> {
    let (op, texts) = (&op.op, Texts::default());
    let features = app::features_of(&op.config);
    let chooser = Some(Chooser { action: String::new(), to: String::new() });
    let (brand, theme) = (&op.looks.brand, Theme::System);
    let page = Page { texts: &texts, theme, base_path: "", product: &brand.name, brand: Some(brand), chooser };
    app::samples(&Stage { config: &op.config, features: &features, page, cast: &USUAL })
}

fn sample(samples: &[Sample], page: &str, state: &str) -> String {
    samples.iter().find(|sample| (sample.page, sample.state) == (page, state)).unwrap().html.clone()
}

/// The elements of a page with their ids, and its texts; without URLs, tokens and other values.
fn skeleton(html: &str) -> Vec<String> {
    let piece = |piece: &str| {
        let (tag, text) = piece.split_once('>')?;
        let name = tag.split_whitespace().next().unwrap_or_default();
        let id = between(tag, " id=\"", "\"").unwrap_or_default();
        Some(format!("{name}#{id} {}", text.trim()))
    };
    html.split('<').filter_map(piece).collect()
}

/// The titles of a page's rows.
fn titles(html: &str) -> Vec<&str> {
    html.split("class=\"row-title\">").skip(1).filter_map(|rest| rest.split('<').next()).collect()
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!(
        "latchkey-looks-{name}-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

on_both_stores! {
    async fn oidc_core_3_1_2_1_a_language_is_wished_for_by_application_person_browser_choice_and_header(setup: Setup) {
        if !has_all_languages() {
            return;
        }
        let op = setup.config("[i18n]\ndefault_locale = \"it\"").start();
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        assert_eq!(lang(&browser.open(&rp.request().url()).await), "it", "the default");
        browser.headers.push(("accept-language", "tlh, nl;q=0.9, pl;q=0.8".into()));
        assert_eq!(lang(&browser.open(&rp.request().url()).await), "nl", "the header before the default");
        let page = choose(&mut browser, "fr", "system").await;
        assert_eq!((lang(&page).as_str(), browser.is_at("/login")), ("fr", true), "the choice before the header, and the interaction goes on");
        assert_eq!(lang(&browser.open("/").await), "fr", "on every page");
        // The person's own setting, in a browser that chose another.
        browser.console("ada", "/account/appearance").await.ok();
        let version = between(&browser.page().body, "name=\"version\" value=\"", "\"").unwrap();
        let saved = browser.send("/account/appearance", &[("version", &version), ("language", "pt-BR"), ("theme", "dark")]).await;
        assert_eq!(lang(saved.ok()), "pt-BR");
        let mut other = op.browser();
        assert_eq!(lang(&other.open("/").await), "it");
        choose(&mut other, "uk", "light").await;
        let page = other.console("ada", "/account").await;
        assert_eq!(lang(&page), "pt-BR", "the person before the browser");
        assert!(page.body.contains("data-theme=\"dark\"") && !page.body.contains("chooser-form"), "{}", page.body);
        // What the application wishes stands above, until the person chooses at that very page.
        let wished = rp.request().with("ui_locales", "xx es").with("prompt", "login");
        assert_eq!(lang(&other.open(&wished.url()).await), "es");
        let page = choose(&mut other, "ja", "dark").await;
        assert_eq!((lang(&page).as_str(), other.is_at("/login")), ("ja", true));
        assert_eq!(lang(&other.open(&wished.url()).await), "es", "another interaction");
    }

    async fn a_right_to_left_language_turns_the_page_and_a_script_that_is_not_there_is_not_replaced(op: TestOp) {
        if !has_all_languages() {
            return;
        }
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let page = browser.open(&rp.request().with("ui_locales", "ar-EG").url()).await;
        assert!(page.body.contains("<html lang=\"ar\" dir=\"rtl\""), "{}", page.body);
        assert!(page.body.contains("<option value=\"ar\" lang=\"ar\" dir=\"rtl\" selected>العربية"), "{}", page.body);
        assert_eq!(lang(&browser.open(&rp.request().with("ui_locales", "zh-SG").url()).await), "zh-Hans");
        assert_eq!(lang(&browser.open(&rp.request().with("ui_locales", "zh-TW").url()).await), "en");
    }

    async fn a_theme_is_chosen_without_choosing_a_language(op: TestOp) {
        if !has_all_languages() {
            return;
        }
        let mut browser = op.browser();
        browser.headers.push(("accept-language", "de".into()));
        assert!(!browser.open("/").await.body.contains("data-theme"));
        let page = choose(&mut browser, "de", "dark").await;
        assert!(page.ok().body.contains("<html lang=\"de\" dir=\"ltr\" data-theme=\"dark\">"), "{}", page.body);
        assert!(browser.cookies.contains_key("lk_t") && !browser.cookies.contains_key("lk_l"), "{:?}", browser.cookies);
        browser.headers.clear();
        assert_eq!(lang(&browser.open("/").await), "en");
        assert!(!choose(&mut browser, "en", "system").await.body.contains("data-theme"));
    }

    async fn rdr_a_choice_leads_back_to_our_own_pages_only_and_comes_from_them(op: TestOp) {
        let mut browser = op.browser();
        for to in ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x"] {
            let answer = browser.request(Method::POST, "/appearance", Some(&[("to", to), ("language", "de")])).await;
            assert_eq!((answer.status, answer.location()), (400, None), "{to}");
        }
        let answer = browser.request(Method::POST, "/appearance", Some(&[("to", "/?a=1&ui_locales=fr"), ("language", "xx")])).await;
        assert_eq!((answer.status, answer.location()), (303, Some("/?a=1")));
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
        browser.headers.push(("origin", "https://evil.example".into()));
        let answer = browser.request(Method::POST, "/appearance", Some(&[("to", "/"), ("language", "de")])).await;
        assert_eq!(answer.status, 403);
        assert_eq!(browser.request(Method::GET, "/appearance", None).await.status, 405);
    }

    async fn letters_are_written_in_the_persons_language_and_the_claim_stays_as_it_is(op: TestOp) {
        if !has_all_languages() {
            return;
        }
        let holder = Holder::of(&op, "ada").await;
        let before = holder.read("/appearance").await;
        let body = before.ok().json();
        assert_eq!((&body["language"], &body["theme"]), (&json!(null), &json!(null)));
        assert!(body["languages"].as_array().unwrap().contains(&json!("zh-Hans")));
        let tag = before.header("etag").to_owned();
        let change = |tag: Option<String>, body| {
            let holder = &holder;
            async move { holder.send(Method::PATCH, "/appearance", tag.as_deref(), Some(body)).await }
        };
        problem(&change(None, json!({ "theme": "dark" })).await, 428, "if_match_required");
        problem(&change(Some(tag.clone()), json!({ "theme": "neon" })).await, 422, "unknown_theme");
        problem(&change(Some(tag.clone()), json!({ "language": "tlh" })).await, 422, "unknown_language");
        problem(&change(Some(tag.clone()), json!({ "font": "x" })).await, 422, "not_editable");
        let after = change(Some(tag.clone()), json!({ "language": "de", "theme": "dark" })).await;
        assert_eq!((&after.ok().json()["language"], &after.json()["theme"]), (&json!("de"), &json!("dark")));
        problem(&change(Some(tag), json!({ "theme": "light" })).await, 412, "stale");
        let claim = holder.read("/profile").await.json()["claims"]["locale"].clone();
        assert_ne!(claim, json!("de"), "what applications learn is another thing");
        let id = holder.person.id.clone();
        let user = op.op.db.read(move |connection| latchkey::model::user::store::find(connection, &id)).await.unwrap().unwrap();
        assert_eq!(user.languages().unwrap().split(' ').next(), Some("de"));
    }

    async fn acc_a_stale_choice_is_not_saved_and_says_so(op: TestOp) {
        if !has_all_languages() {
            return;
        }
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/appearance").await.ok();
        let version = between(&browser.page().body, "name=\"version\" value=\"", "\"").unwrap();
        let first = browser.send("/account/appearance", &[("version", &version), ("language", "de"), ("theme", "system")]).await;
        first.ok();
        let second = browser.send("/account/appearance", &[("version", &version), ("language", "fr"), ("theme", "dark")]).await;
        assert_eq!((second.status, lang(&second).as_str()), (409, "de"));
        assert!(second.body.contains("value=\"fr\" lang=\"fr\" dir=\"ltr\" selected"), "what was chosen stays");
        for (language, theme) in [("tlh", "dark"), ("de", "neon")] {
            let csrf = browser.csrf();
            let fields = [("csrf", csrf.as_str()), ("version", "2"), ("language", language), ("theme", theme)];
            assert_eq!(browser.request(Method::POST, "/account/appearance", Some(&fields)).await.status, 400);
        }
    }

    async fn the_preview_shows_what_the_live_pages_show(setup: Setup) {
        let mail = "mail.folder = \"/tmp\"\n";
        for toml in ["", mail, "mail.folder = \"/tmp\"\nsignup.mode = \"open\"\nfeatures.passkeys = false\n"] {
            let op = Setup::new(setup.stores()).config(toml).start();
            let samples = samples(&op);
            let live = op.browser().open("/login").await.body;
            assert_eq!(skeleton(&live), skeleton(&sample(&samples, "sign-in", "empty")), "{toml}");
            assert_eq!((live.contains("recovery-link"), live.contains("signup-link")), (!toml.is_empty(), toml.contains("open")));
            op.person("ada").await;
            let mut browser = op.browser();
            let security = browser.console("ada", "/account/security").await.body;
            assert_eq!(titles(&security), titles(&sample(&samples, "security", "empty")), "{toml}");
        }
    }

    async fn the_operators_looks_are_served_from_our_own_origin(setup: Setup) {
        let folder = folder("brand");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.join(name), text).unwrap();
            folder.join(name).display().to_string()
        };
        let logo = write("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"/></svg>");
        let sheet = write("own.css", ".card{border-radius:0}");
        std::fs::create_dir_all(folder.join("words")).unwrap();
        write("words/en.ftl", "login-title = Come aboard\n");
        let toml = format!(
            "[branding]\nname = \"Port\"\nlogo = '{logo}'\nlogo_dark = '{logo}'\nstylesheet = '{sheet}'\n\
             messages_directory = '{}'\ncolors.accent = \"#006a4e\"\nlinks.privacy = \"https://port.example/privacy\"\n\
             [branding.clients.shop]\nname = \"Port Shop\"\ncolors.accent = \"#7a1f5c\"\n",
            folder.join("words").display()
        );
        let op = setup.config(&toml).start();
        op.person("ada").await;
        let mut browser = op.browser();
        let page = browser.open("/login").await;
        assert!(page.body.contains("Come aboard") && page.body.contains("<bdi>Port</bdi>"), "{}", page.body);
        assert!(page.body.contains("href=\"https://port.example/privacy\""), "{}", page.body);
        assert!(page.header("content-security-policy").contains("style-src 'self'; img-src 'self'"));
        let path = between(&page.body, "class=\"brand-logo\" src=\"", "\"").unwrap();
        let picture = browser.request(Method::GET, &path, None).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
        assert!(picture.header("content-security-policy").contains("default-src 'none'") && picture.header("content-security-policy").contains("sandbox"));
        assert_eq!((picture.header("x-content-type-options"), picture.header("cache-control")), ("nosniff", "public, max-age=31536000, immutable"));
        let sheets: Vec<String> = page.body.split("rel=\"stylesheet\" href=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect();
        assert_eq!(sheets.len(), 3, "ours, the tokens, the operator's: {sheets:?}");
        assert!(browser.request(Method::GET, &sheets[1], None).await.body.contains("--accent:#006a4e;"));
        assert!(browser.request(Method::GET, &sheets[2], None).await.body.contains(".card{border-radius:0}"));
        // A client of its own looks, through sign-in and consent.
        let rp = RelyingParty::register_as(&op, "shop", "a long enough secret for the shop", crate::support::relying_party::web_app()).await;
        let page = browser.open(&rp.request().url()).await;
        assert!(page.body.contains("<bdi>Port Shop</bdi>"), "{}", page.body);
        let sheet = page.body.split("rel=\"stylesheet\" href=\"").nth(2).and_then(|rest| rest.split_once('"')).unwrap().0.to_owned();
        assert!(browser.request(Method::GET, &sheet, None).await.body.contains("--accent:#7a1f5c;"));
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/consent") && page.body.contains("<bdi>Port Shop</bdi>"), "{}", page.body);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
