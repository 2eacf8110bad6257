//! A copy of everything, and the end of an account.

use crate::support::people::{PASSWORD, Person};
use crate::support::stores::masters;
use crate::support::*;
use latchkey::app;
use latchkey::model::user;
use reqwest::Method;

/// Ada, who has asked for her account to be deleted.
async fn leaving(op: &TestOp) -> Person {
    let ada = op.person("ada").await;
    let mut browser = op.browser();
    browser.console("ada", "/account/data/delete").await.ok();
    assert!(browser.submit(&[("confirm", "ada")]).await.ok().body.contains("switched off"));
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
        assert!(page.ok().body.contains("going to be deleted"), "{}", page.body);
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
            assert!(browser.page().body.contains("going to be deleted"), "{}", browser.page().body);
        }
        browser.submit(&[("code", &app.code(&op))]).await.ok();
        assert!(browser.is_at("/login"));
        let id = ada.id.clone();
        assert!(op.write(move |tx| user::store::find(tx, &id)).await.unwrap().is_active());
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
        assert!(browser.sign_in("ada", PASSWORD).await.body.contains("going to be deleted"));
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
