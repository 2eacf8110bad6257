//! The operator's schema of profiles: what is asked for, who sees and edits it, and which claim it becomes.

use crate::account_api::{Holder, problem};
use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Setup, TestOp, Tokens};
use reqwest::Method;
use serde_json::json;

const SCHEMA: &str = r#"
    [profile]
    order = ["department", "name"]
    [profile.fields.department]
    label = "Department"
    claim = "https://x.example/department"
    type = "choice"
    choices = ["Engines", "Letters"]
    required = true
    scope = "profile"
    [profile.fields.department.labels]
    de = "Abteilung"
    [profile.fields.staff_number]
    label = "Staff number"
    pattern = "[A-Z]{2}[0-9]{4}"
    edit = "operator"
    [profile.fields.risk]
    label = "Risk"
    type = "number"
    view = "operator"
    [profile.fields.teams]
    label = "Teams"
    type = "list"
    [profile.fields.gender]
    view = "operator"
    [scopes.staff]
    description = "See your staff number"
    claims = ["staff_number"]
"#;

const DEPARTMENT: &str = "https://x.example/department";

fn position(browser: &Browser, text: &str) -> usize {
    browser.page().body.find(text).unwrap_or_else(|| panic!("{text} is not in {}", browser.page().body))
}

on_both_stores! {
    async fn a_field_of_the_operator_is_edited_by_its_type_and_becomes_its_claim(setup: Setup) {
        let op = setup.config(SCHEMA).start();
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        browser.open("/account/profile").await.ok();
        assert!(position(&browser, "id=\"department\"") < position(&browser, "id=\"name\""), "by profile.order");
        assert!(position(&browser, "id=\"name\"") < position(&browser, "id=\"given_name\""));
        let refused = browser.submit(&[("department", "Kitchen"), ("teams", "")]).await;
        assert!(refused.status == 422 && refused.body.contains("Choose one of the options"), "{}", refused.body);
        let refused = browser.submit(&[("department", ""), ("teams", "")]).await;
        assert!(refused.status == 422 && refused.body.contains("This is required"), "{}", refused.body);
        let saved = browser.submit(&[("department", "Engines"), ("teams", "Mill\r\nStore\r\n")]).await;
        assert!(saved.ok().body.contains("<option value=\"Engines\" selected>"), "{}", saved.body);
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert_eq!(claims[DEPARTMENT], "Engines");
        assert!(claims.get("teams").is_none(), "no scope opens it");
        let supported = op.browser().open("/.well-known/openid-configuration").await.json()["claims_supported"].clone();
        assert!(supported.as_array().unwrap().contains(&json!(DEPARTMENT)));
    }

    async fn a_profile_shows_few_fields_and_offers_zones_languages_countries_and_dates_to_choose_from(setup: Setup) {
        let schema = "[profile.fields.country]\nlabel = \"Country\"\ntype = \"country\"";
        let op = setup.config(schema).start();
        let ada = op.person("ada").await;
        ada.set_claims(&op, json!({ "name": "Ada", "locale": "rm-CH", "birthdate": "1815-12-10" })).await;
        let mut browser = op.browser();
        let page = browser.console("ada", "/account/profile").await.ok().body.clone();
        let (seen, folded) = page.split_once("<details class=\"more more-fields\" id=\"profile-more\">").expect("a fold");
        for name in ["name", "locale", "zoneinfo", "country"] {
            assert!(seen.contains(&format!("id=\"{name}\"")), "{name} is seen at once");
        }
        for name in ["given_name", "family_name", "birthdate", "website"] {
            assert!(!seen.contains(&format!("id=\"{name}\"")) && folded.contains(&format!("id=\"{name}\"")), "{name}");
        }
        assert!(folded.contains("name=\"birthdate\" type=\"date\""), "{folded}");
        // What is held stays chosen, though it is not offered; the languages of our pages come first.
        assert!(page.contains("<option value=\"rm-CH\" selected>"));
        assert!(page.find("<option value=\"ja\">") < page.find("<option value=\"ca-ES\">"), "{page}");
        assert!(page.contains("<option value=\"DE\">Germany</option>"));
        browser.headers.push(("accept-language", "de".into()));
        let german = browser.open("/account/profile").await.ok().body.clone();
        assert!(german.contains("<option value=\"DE\">Deutschland</option>"), "{german}");
        let fields = [("country", "XX"), ("locale", "de"), ("birthdate", "1815-12-10")];
        let refused = browser.submit(&fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("<select autofocus id=\"country\""), "{}", refused.body);
        let fields = [("country", "GB"), ("locale", "en-GB"), ("birthdate", "1815-12-10")];
        assert!(browser.submit(&fields).await.ok().body.contains("<option value=\"GB\" selected>"));
    }

    async fn a_fault_in_a_folded_field_is_shown_and_takes_the_focus(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let refused = browser.submit(&[("website", "ftp://x.example"), ("birthdate", "10.12.1815")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("id=\"profile-more\" open>"), "{}", refused.body);
        assert!(refused.body.contains("<input autofocus id=\"birthdate\" name=\"birthdate\" type=\"text\""));
        assert!(refused.body.contains("Enter a date like 1990-12-31.") && refused.body.contains("begins with https://"));
    }

    async fn what_operators_edit_is_shown_and_what_only_they_see_is_nowhere(setup: Setup) {
        let op = setup.config(SCHEMA).start();
        let holder = Holder::of(&op, "ada").await;
        let claims = json!({ "staff_number": "AB1234", "risk": 7, "gender": "female", DEPARTMENT: "Engines" });
        holder.person.set_claims(&op, claims).await;
        let shown = holder.read("/profile").await;
        let body = shown.ok().json();
        assert!(body["claims"]["staff_number"] == "AB1234" && body["claims"].get("risk").is_none(), "{body}");
        assert!(body["claims"].get("gender").is_none());
        let editable = body["editable"].as_array().unwrap();
        assert!(editable.contains(&json!(DEPARTMENT)) && !editable.contains(&json!("staff_number")), "{body}");
        let tag = shown.header("etag").to_owned();
        for patch in [json!({ "staff_number": "ZZ9999" }), json!({ "risk": 0 }), json!({ "gender": "x" })] {
            problem(&holder.send(Method::PATCH, "/profile", Some(&tag), Some(patch)).await, 422, "not_editable");
        }
        let gone = holder.send(Method::PATCH, "/profile", Some(&tag), Some(json!({ DEPARTMENT: null }))).await;
        problem(&gone, 422, "invalid_claims");
        assert_eq!(gone.json()["errors"][0]["detail"], "is required");
        let mut browser = op.browser();
        let page = browser.console("ada", "/account/profile").await;
        assert!(page.ok().body.contains("AB1234") && !page.body.contains("id=\"staff_number\""));
        assert!(!page.body.contains("Risk") && !page.body.contains("id=\"gender\""));
        // A form that sends them all the same changes nothing.
        let fields = [("department", "Letters"), ("staff_number", "ZZ9999"), ("risk", "0")];
        browser.submit(&fields).await.ok();
        let claims = holder.read("/profile").await.json()["claims"].clone();
        assert!(claims[DEPARTMENT] == "Letters" && claims["staff_number"] == "AB1234", "{claims}");
    }

    async fn oidc_core_5_5_a_hidden_claim_is_not_had_by_name_and_others_are_asked_for_by_their_label(setup: Setup) {
        let op = setup.config(SCHEMA).start();
        let ada = op.person("ada").await;
        ada.set_claims(&op, json!({ "staff_number": "AB1234", "risk": 7, DEPARTMENT: "Engines" })).await;
        let rp = op.web_app().await;
        let asked = json!({ "userinfo": { "risk": null, "risk#de": null, DEPARTMENT: null, "staff_number": null } });
        let request = rp.request().with("scope", "openid").with("claims", &asked.to_string());
        let mut browser = op.browser();
        browser.open(&request.url()).await.ok();
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(page.body.contains("See “Department” of your account"), "{}", page.body);
        assert!(!page.body.contains("risk"));
        let code = browser.allow().await.query()["code"].clone();
        let tokens = Tokens::of(&rp.redeem(&code, &request).await);
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert!(claims[DEPARTMENT] == "Engines" && claims["staff_number"] == "AB1234" && claims.get("risk").is_none(), "{claims}");
    }

    async fn a_required_field_is_asked_for_when_an_account_is_made(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).config("[signup]\nmode = \"open\"").config(SCHEMA).start();
        let mut browser = op.browser();
        browser.open("/signup").await.ok();
        browser.submit(&[("email", "ada@example.org")]).await.ok();
        let code = mailbox.newest(&op).await.code();
        assert!(browser.page().body.contains("<option value=\"Letters\">"));
        let mut fields = vec![("code", code.as_str()), ("name", "Ada Lovelace"), ("password", PASSWORD)];
        let again = browser.submit(&fields).await;
        assert!(again.ok().body.contains("This is required"), "{}", again.body);
        fields.extend([("department", "Letters"), ("risk", "0"), ("staff_number", "ZZ9999")]);
        assert!(browser.submit(&fields).await.ok().body.contains("You’re signed in"));
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let request = rp.request().with("scope", "openid profile");
        let code = browser.walk_as("ada@example.org", &request.url()).await.query()["code"].clone();
        let tokens = Tokens::of(&rp.redeem(&code, &request).await);
        assert_eq!(rp.userinfo(&tokens.access_token).await.json()[DEPARTMENT], "Letters");
    }

    async fn a_hint_and_a_sub_by_name_that_differ_are_refused(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let claims = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
        let own = rp.id_claims(&tokens.id_token).await["sub"].as_str().unwrap().to_owned();
        let hinted = rp.request().with("id_token_hint", &tokens.id_token);
        let other = browser.open(&hinted.clone().with("claims", &claims("somebody else")).url()).await;
        assert_eq!(other.error(), "invalid_request");
        assert!(!rp.code(&mut browser, &hinted.with("claims", &claims(&own))).await.is_empty());
    }
}
