//! The pages of the account console: who gets in, what they change, and that nobody reaches another's.

use crate::support::answer::between;
use crate::support::people::PASSWORD;
use crate::support::*;

const PAGES: [&str; 10] = [
    "/account",
    "/account/profile",
    "/account/security",
    "/account/security/password",
    "/account/sessions",
    "/account/applications",
    "/account/activity",
    "/account/appearance",
    "/account/data",
    "/account/data/delete",
];

const NEW: &str = "difference engine no 2";

/// The ids of the sessions that the page shows.
fn shown_sessions(page: &Answer) -> Vec<String> {
    let buttons = page.body.split("name=\"end\" value=\"").skip(1);
    buttons.filter_map(|rest| rest.split('"').next()).filter(|id| *id != "others").map(str::to_owned).collect()
}

on_both_stores! {
    async fn no_page_and_no_form_is_reached_without_a_session(op: TestOp) {
        for path in PAGES {
            let mut browser = op.browser();
            browser.open(path).await.ok();
            assert!(browser.is_at("/login"), "{path}: {}", browser.path);
            let answer = browser.request(reqwest::Method::POST, path, Some(&[("csrf", "x"), ("end", "others")])).await;
            assert!(answer.status == 405 || answer.location().is_some_and(|to| to.contains("/login/")), "{path} {}", answer.status);
        }
    }

    async fn every_page_shows_and_carries_no_script_of_its_own(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        for path in PAGES {
            let page = browser.console("ada", path).await;
            page.ok();
            assert_eq!(browser.path, path);
            assert!(page.header("content-security-policy").ends_with("form-action 'self'"), "{path}");
            assert!(page.body.contains("aria-current=\"page\"") && !page.body.contains("style="), "{path}");
        }
    }

    async fn ses_10_a_form_without_the_sessions_token_or_from_elsewhere_changes_nothing(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let (csrf, version) = (browser.csrf(), between(&browser.page().body, "name=\"version\" value=\"", "\"").unwrap());
        let mut other = op.browser();
        other.console("ada", "/account/profile").await.ok();
        for token in ["", "x", &other.csrf()] {
            let fields = [("csrf", token), ("version", version.as_str()), ("nickname", "Mallory")];
            assert_eq!(browser.post("/account/profile", &fields).await.status, 403, "{token}");
        }
        browser.headers.push(("origin", "https://evil.example".into()));
        let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("nickname", "Mallory")];
        assert_eq!(browser.post("/account/profile", &fields).await.status, 403);
        assert!(!other.open("/account/profile").await.body.contains("Mallory"));
    }

    async fn a_profile_is_edited_and_what_applications_see_follows(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        browser.open("/account/profile").await.ok();
        let page = browser.submit(&[("nickname", " Enchantress "), ("birthdate", "1815-12-10"), ("zoneinfo", "")]).await;
        assert!(page.ok().body.contains("Your changes are saved"), "{}", page.body);
        let claims = rp.userinfo(&tokens.access_token).await.json();
        assert_eq!((&claims["nickname"], &claims["birthdate"]), (&"Enchantress".into(), &"1815-12-10".into()));
        assert!(claims["zoneinfo"].is_null() && claims["name"] == "ada Lovelace");
    }

    async fn a_value_of_the_wrong_form_is_named_and_nothing_is_saved(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let page = browser.submit(&[("nickname", "Enchantress"), ("website", "javascript:alert(1)")]).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("begins with https://") && page.body.contains("value=\"javascript:alert(1)\""));
        let page = browser.open("/account/profile").await;
        assert!(!page.body.contains("Enchantress"));
    }

    async fn a_profile_that_was_changed_meanwhile_is_not_overwritten_unseen(op: TestOp) {
        op.person("ada").await;
        let (mut one, mut two) = (op.browser(), op.browser());
        one.console("ada", "/account/profile").await.ok();
        two.console("ada", "/account/profile").await.ok();
        one.submit(&[("nickname", "One")]).await.ok();
        let page = two.submit(&[("nickname", "Two")]).await;
        assert_eq!(page.status, 409);
        assert!(page.body.contains("Now saved: One") && page.body.contains("value=\"Two\""), "{}", page.body);
        // Seen now: saving again is meant.
        assert!(two.submit(&[("nickname", "Two")]).await.ok().body.contains("value=\"Two\""));
    }

    async fn aut_06_ses_05_a_password_change_needs_the_current_one_and_ends_other_sessions(op: TestOp) {
        op.person("ada").await;
        let (mut browser, mut other) = (op.browser(), op.browser());
        other.console("ada", "/account").await.ok();
        browser.console("ada", "/account/security/password").await.ok();
        let wrong = browser.submit(&[("current", "something else"), ("new", NEW)]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("not your current password"));
        let short = browser.submit(&[("current", PASSWORD), ("new", "short")]).await;
        assert!(short.status == 422 && short.body.contains("at least 15 characters"));
        assert_eq!(browser.submit(&[("current", PASSWORD), ("new", PASSWORD)]).await.status, 422);
        let done = browser.submit(&[("current", PASSWORD), ("new", NEW)]).await;
        assert!(done.ok().body.contains("Your password is changed"), "{}", browser.path);
        other.open("/account").await;
        assert!(other.is_at("/login"), "the other session ended");
        assert!(other.sign_in("ada", PASSWORD).await.body.contains("don’t match"));
        other.sign_in("ada", NEW).await.ok();
        assert_eq!(other.path, "/account");
    }

    async fn a_password_change_ends_offline_access_where_that_is_chosen(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request().with("scope", "openid offline_access");
        let offline = rp.sign_in(&mut op.browser(), &request).await;
        let mut browser = op.browser();
        let page = browser.console("ada", "/account/security/password").await;
        assert!(page.ok().body.contains("name=\"end_offline\" value=\"1\" checked"), "chosen unless it is taken away");
        browser.submit(&[("current", PASSWORD), ("new", NEW)]).await.ok();
        let offline = Tokens::of(rp.refresh(&offline.refresh_token).await.ok());
        browser.open("/account/security/password").await.ok();
        browser.submit(&[("current", NEW), ("new", PASSWORD), ("end_offline", "1")]).await.ok();
        rp.refresh(&offline.refresh_token).await.refused(400, "invalid_grant");
    }

    async fn aut_07_failures_at_the_password_page_count_as_failures_to_sign_in(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/security/password").await.ok();
        for _ in 0..5 {
            assert_eq!(browser.submit(&[("current", "wrong"), ("new", NEW)]).await.status, 422);
        }
        let waits = browser.submit(&[("current", PASSWORD), ("new", NEW)]).await;
        assert_eq!(waits.status, 429);
        assert!(!waits.header("retry-after").is_empty());
    }

    async fn ses_07_a_person_signs_out_one_session_or_all_others(op: TestOp) {
        op.person("ada").await;
        let mut browsers = [op.browser(), op.browser(), op.browser()];
        for browser in &mut browsers {
            browser.console("ada", "/account").await.ok();
        }
        let [one, two, three] = &mut browsers;
        let page = one.open("/account/sessions").await;
        assert_eq!((shown_sessions(&page).len(), page.body.matches("This browser").count()), (3, 1));
        let theirs = shown_sessions(&three.open("/account/sessions").await)[0].clone();
        one.send("/account/sessions", &[("end", &theirs)]).await.ok();
        three.open("/account").await;
        assert!(three.is_at("/login"));
        two.open("/account").await;
        assert_eq!(two.path, "/account");
        one.send("/account/sessions", &[("end", "others")]).await.ok();
        two.open("/account").await;
        assert!(two.is_at("/login"));
        one.open("/account").await;
        assert_eq!(one.path, "/account");
    }

    async fn another_persons_session_cannot_be_ended(op: TestOp) {
        op.person("ada").await;
        op.person("mallory").await;
        let (mut ada, mut mallory) = (op.browser(), op.browser());
        ada.console("ada", "/account").await.ok();
        let hers = shown_sessions(&ada.open("/account/sessions").await)[0].clone();
        mallory.console("mallory", "/account/sessions").await.ok();
        assert_eq!(mallory.send("/account/sessions", &[("end", &hers)]).await.status, 404);
        ada.open("/account").await;
        assert_eq!(ada.path, "/account");
    }

    async fn oid_14_an_application_is_shown_with_what_it_may_and_loses_its_tokens(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let page = browser.open("/account/applications").await;
        assert!(page.body.contains("Harbour") && page.body.contains("See your email address"), "{}", page.body);
        let page = browser.send("/account/applications", &[("revoke", &rp.client_id)]).await;
        assert!(page.ok().body.contains("can no longer use your account"));
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        assert_eq!(rp.introspect(&tokens.access_token).await.json()["active"], false);
        assert_eq!(browser.send("/account/applications", &[("revoke", &rp.client_id)]).await.status, 403);
        browser.open("/account/profile").await.ok();
        assert_eq!(browser.send("/account/applications", &[("revoke", &rp.client_id)]).await.status, 404);
    }

    async fn what_another_person_allowed_cannot_be_taken_back(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        op.person("mallory").await;
        let mut mallory = op.browser();
        mallory.console("mallory", "/account/profile").await.ok();
        assert_eq!(mallory.send("/account/applications", &[("revoke", &rp.client_id)]).await.status, 404);
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn what_happened_is_told_newest_first_and_in_pages(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        browser.submit(&[("nickname", "Enchantress")]).await.ok();
        let page = browser.open("/account/activity").await;
        let (changed, signed_in) = (page.body.find("Your profile was changed"), page.body.find("You signed in"));
        assert!(changed.unwrap() < signed_in.unwrap());
        assert!(!page.body.contains("id=\"older\""));
        for count in 0..60 {
            browser.open("/account/profile").await.ok();
            browser.submit(&[("nickname", &count.to_string())]).await.ok();
        }
        let older = between(&browser.open("/account/activity").await.body, "id=\"older\" href=\"", "\"").unwrap();
        assert!(browser.open(&older).await.body.contains("You signed in"));
    }
}
