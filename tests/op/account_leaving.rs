//! A copy of everything, and the end of an account.

use crate::support::people::{PASSWORD, Person};
use crate::support::software_key::{PASSKEYS, SoftwareKey, codes};
use crate::support::stores::masters;
use crate::support::*;
use diesel::RunQueryDsl as _;
use latchkey::app;
use latchkey::model::credential::passkey;
use latchkey::model::{address, user};
use reqwest::Method;

/// The member of a copy that tells of a table.
const EXPORTED: &[(&str, &str)] = &[
    ("identifiers", "identifiers"),
    ("credentials", "credentials"),
    ("consents", "applications"),
    ("token_families", "applications"),
    ("sessions", "sessions"),
    ("events", "events"),
    ("pairwise_subjects", "pairwise_subjects"),
    ("authenticators", "authenticator"),
    ("recovery_codes", "recovery_codes"),
    ("known_devices", "known_browsers"),
    ("passkey_users", "passkey_handle"),
    ("passkeys", "passkeys"),
    ("unproved_addresses", "addresses"),
    ("person_pictures", "picture"),
];

/// Where the test's browsers are.
const NETWORK: &str = "127.0.0.0";

/// Tables that still name somebody who is gone, by an id that tells nothing, and why.
const TOMBSTONES: &[(&str, &str)] = &[
    ("people", "the tombstone: its sub is never given again"),
    ("events", "what happened stays on record"),
    ("pairwise_subjects", "names by which applications knew the person are never given again"),
    ("sessions", "without browser and network: what is revoked stays revoked"),
    ("token_families", "what is revoked stays revoked, until the last token has ended"),
    ("outbox", "word to applications that a session ended, until its receipt is swept"),
];

/// A row in one line.
#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// Every table with its columns, as the schema has them.
fn tables() -> Vec<(String, Vec<String>)> {
    let text = include_str!("../../src/platform/db/schema.rs");
    let blocks = text.split("diesel::table! { ").skip(1);
    blocks
        .map(|block| {
            let (name, rest) = block.split_once(' ').unwrap();
            let columns = rest.split_once('{').unwrap().1.split('}').next().unwrap();
            let columns = columns
                .split(',')
                .filter_map(|column| column.split_once("->"))
                .map(|(column, _)| column.trim().to_owned());
            (name.to_owned(), columns.collect())
        })
        .collect()
}

/// Ada, who has asked for her account to be deleted.
async fn leaving(op: &TestOp) -> Person {
    let ada = op.person("ada").await;
    let mut browser = op.browser();
    browser.console("ada", "/account/data/delete").await.ok();
    assert!(browser.submit(&[("confirm", "ada")]).await.ok().body.contains("Your account is disabled"));
    ada
}

on_both_stores! {
    async fn a_copy_holds_everything_but_secrets(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        rp.sign_in(&mut browser, &rp.request()).await;
        browser.open("/account/data").await.ok();
        let copy = browser.send("/account/data", &[]).await;
        assert!(copy.ok().header("content-disposition").starts_with("attachment"));
        let all = copy.json();
        assert_eq!(all["claims"]["name"], "ada Lovelace");
        assert_eq!(all["applications"][0]["client_id"], rp.client_id.as_str());
        assert_eq!((all["credentials"][0]["kind"].as_str(), all["sessions"].as_array().unwrap().len()), (Some("password"), 1));
        assert!(all["identifiers"].as_array().unwrap().len() == 2 && all["events"].as_array().unwrap().len() > 2);
        assert!(!copy.body.contains("argon2"));
    }

    async fn sensitive_pages_ask_again_after_ten_minutes_and_lead_back(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/data").await.ok();
        op.advance(minutes(11));
        browser.open("/account/data").await.ok();
        assert_eq!(browser.path, "/account/data");
        let csrf = browser.csrf();
        let copy = browser.request(Method::POST, "/account/data", Some(&[("csrf", csrf.as_str())])).await;
        assert!(copy.location().is_some_and(|to| to.contains("/login/")), "{}", copy.body);
        browser.open("/account/data/delete").await.ok();
        assert!(browser.is_at("/login") && browser.page().body.contains("readonly"));
        browser.sign_in("ada", PASSWORD).await.ok();
        assert_eq!(browser.path, "/account/data/delete");
    }

    async fn a_deletion_is_confirmed_by_typing_and_ends_everything_at_once(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let (mut browser, mut other) = (op.browser(), op.browser());
        let tokens = rp.sign_in(&mut other, &rp.request().with("scope", "openid offline_access").with("prompt", "consent")).await;
        browser.console("ada", "/account/data/delete").await.ok();
        assert_eq!(browser.submit(&[("confirm", "yes")]).await.status, 422);
        browser.submit(&[("confirm", " Ada ")]).await.ok();
        other.open("/account").await;
        assert!(other.is_at("/login"));
        browser.open("/account").await;
        assert!(browser.is_at("/login"));
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn somebody_who_comes_back_in_time_keeps_the_account(op: TestOp) {
        leaving(&op).await;
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(page.ok().body.contains("about to be deleted"), "{}", page.body);
        // No session begins by a password alone.
        assert!(!browser.cookies.contains_key("lk_s"));
        browser.submit(&[]).await.ok();
        assert!(browser.is_at("/login"));
        browser.sign_in("ada", PASSWORD).await.ok();
        assert_eq!(browser.path, "/account");
        op.advance(days(15));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        let mut browser = op.browser();
        browser.console("ada", "/account").await.ok();
        assert_eq!(browser.path, "/account");
    }

    async fn i6_who_has_a_second_factor_shows_it_to_come_back(op: TestOp) {
        let ada = leaving(&op).await;
        let (app, _) = ada.enrol(&op).await;
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        assert!(browser.sign_in("ada", PASSWORD).await.ok().body.contains("name=\"code\""));
        for code in ["", "000000"] {
            browser.submit(&[("code", code)]).await.ok();
            assert!(browser.page().body.contains("about to be deleted"), "{}", browser.page().body);
        }
        browser.submit(&[("code", &app.code(&op))]).await.ok();
        assert!(browser.is_at("/login"));
        let id = ada.id.clone();
        assert!(op.write(move |tx| user::store::find(tx, &id)).await.unwrap().is_active());
    }

    async fn i6_who_has_passkeys_only_shows_one_or_a_recovery_code_to_come_back(setup: Setup) {
        let op = setup.named().start();
        let ada = op.person("ada").await;
        let (mut home, mut key) = (op.browser(), SoftwareKey::new(&op));
        home.console("ada", PASSKEYS).await.ok();
        let codes = codes(&home.add_passkey(&mut key).await);
        for by_passkey in [false, true] {
            home.open("/account/data/delete").await.ok();
            home.submit(&[("confirm", "ada")]).await.ok();
            let mut browser = op.browser();
            browser.open("/account").await.ok();
            let page = browser.sign_in("ada", PASSWORD).await;
            assert!(page.ok().body.contains("name=\"code\"") && page.body.contains("id=\"passkey-form\""), "{}", page.body);
            for code in ["", "000000", "AAAAAA-AAAAAA-AAAAAA-AAAAAA"] {
                browser.submit(&[("code", code)]).await.ok();
                assert!(browser.page().body.contains("about to be deleted"), "{code}");
            }
            if by_passkey {
                let page = browser.use_passkey(&mut key).await;
                assert!(page.ok().body.contains("about to be deleted") && !page.body.contains("name=\"code\""), "{}", page.body);
                browser.submit(&[]).await.ok();
            } else {
                browser.submit(&[("code", &codes[0])]).await.ok();
            }
            assert!(browser.is_at("/login"), "{}", browser.path);
            let id = ada.id.clone();
            assert!(op.write(move |tx| user::store::find(tx, &id)).await.unwrap().is_active());
            home = op.browser();
            home.open("/account").await.ok();
            home.use_passkey(&mut key).await.ok();
        }
    }

    async fn a_copy_and_a_deletion_go_through_every_table_of_a_person(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        browser.headers.push(("user-agent", "Lovelace-Browser/1.0".into()));
        rp.sign_in(&mut browser, &rp.request()).await;
        ada.enrol(&op).await;
        let (id, now) = (ada.id.clone(), op.now());
        op.write(move |tx| {
            let unproved = user::identifier::Identifier::email("ada@lovelace.example").unwrap();
            address::store::name(tx, &id, &unproved, now)?;
            passkey::store::handle(tx, &id, "a handle")?;
            let waiting = format!(
                "INSERT INTO one_time (id, kind, subject, link_hash, payload, tries, created_at, code_expires_at, expires_at) \
                 VALUES ('o1', 'undo', 'random', 'h', '{{\"person_id\":\"{id}\",\"value\":\"ada@lovelace.example\"}}', 0, 0, 0, {})",
                (now + days(30)).millis()
            );
            diesel::sql_query(waiting).execute(tx)
        })
        .await;
        browser.open("/account/data").await.ok();
        let copy = browser.send("/account/data", &[]).await.ok().json();
        for (table, columns) in tables() {
            if !columns.iter().any(|column| column == "person_id") {
                continue;
            }
            let member = EXPORTED.iter().find(|(name, _)| *name == table);
            let (_, member) = member.unwrap_or_else(|| panic!("{table} is not in the copy of a person's data"));
            assert!(copy.get(member).is_some(), "{table}: no {member}");
        }
        assert_eq!(copy["waiting_codes_and_links"][0]["purpose"], "undo");
        assert_eq!((&copy["passkey_handle"], &copy["known_browsers"][0]["user_agent"]), (&"a handle".into(), &"Lovelace-Browser/1.0".into()));
        let mut here;
        let codes = ada.enrol(&op).await.1;
        here = op.browser();
        here.open("/account").await.ok();
        here.sign_in("ada", PASSWORD).await.ok();
        here.open(&format!("{}?recovery=1", here.path.clone())).await.ok();
        here.submit(&[("code", codes[0].expose())]).await.ok();
        here.open("/account/data/delete").await.ok();
        here.submit(&[("confirm", "ada")]).await.ok();
        op.advance(days(15));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        for (table, columns) in tables() {
            let line: Vec<String> = columns.iter().map(|column| format!("coalesce(cast({column} as text), '')")).collect();
            let query = format!("SELECT {} AS line FROM {table}", line.join(" || '|' || "));
            let rows: Vec<Line> = op.write(move |tx| diesel::sql_query(query).load(tx)).await;
            for row in rows {
                let named = row.line.contains(&ada.id);
                assert!(!named || TOMBSTONES.iter().any(|(name, _)| *name == table), "{table} still names her: {}", row.line);
                for word in ["Lovelace", "lovelace.example", "ada@example.com", "analytical", NETWORK] {
                    let is_hers = row.line.contains(word);
                    // An application's server may stand in the same network.
                    let is_anybodys = word == NETWORK && !columns.iter().any(|column| column == "person_id");
                    assert!(!is_hers || is_anybodys || table == "events", "{table} still holds {word}: {}", row.line);
                }
            }
        }
        // The sub stays taken: nobody gets it again.
        let (id, sub, now) = (format!("{}-2", ada.id), ada.sub.clone(), op.now());
        let given = op.write(move |tx| {
            let claims = serde_json::Map::new();
            user::store::insert(tx, &user::store::NewUser { id: &id, sub: &sub, claims: &claims, status: user::UserStatus::Active }, now)
        });
        assert!(!given.await, "OpenID Connect Core §2: a sub is never reassigned");
    }

    async fn nobody_is_kept_without_the_proof_of_the_password(op: TestOp) {
        let ada = leaving(&op).await;
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        let id = browser.path.rsplit('/').next().unwrap().to_owned();
        let path = format!("/login/leaving/{id}");
        let csrf = browser.csrf();
        for proof in ["", "AAAA"] {
            let fields = [("csrf", csrf.as_str()), ("person", ada.id.as_str()), ("proof", proof)];
            let answer = browser.request(Method::POST, &path, Some(&fields)).await;
            assert!(matches!(answer.status, 400 | 403), "{}", answer.status);
        }
        let wrong = browser.sign_in("ada", "not the password").await;
        assert!(wrong.body.contains("don’t match"));
    }

    async fn oid_06_after_the_days_of_grace_the_person_is_gone_and_the_sub_stays_taken(op: TestOp) {
        let ada = leaving(&op).await;
        op.advance(days(13));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        assert!(browser.sign_in("ada", PASSWORD).await.body.contains("about to be deleted"));
        op.advance(days(2));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        assert!(browser.sign_in("ada", PASSWORD).await.body.contains("don’t match"));
        let id = ada.id.clone();
        let gone = op.write(move |tx| user::store::find(tx, &id)).await.unwrap();
        assert_eq!((gone.status, gone.sub, gone.claims.len()), (user::UserStatus::Deleted, ada.sub, 0));
        // The name is free again, for somebody else.
        let other = op.person("ada").await;
        assert_ne!(other.id, ada.id);
    }
}
