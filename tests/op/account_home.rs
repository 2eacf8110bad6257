//! The account console: who comes in.

use crate::support::people::PASSWORD;
use crate::support::*;

on_both_stores! {
    async fn nobody_sees_the_console_without_signing_in_and_signing_in_leads_back(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.open("/account").await.ok();
        assert!(browser.is_at("/login"), "{}", browser.path);
        browser.sign_in("ada", PASSWORD).await.ok();
        assert_eq!(browser.path, "/account");
        assert!(browser.page().body.contains("Hello, ada"));
        assert_eq!(browser.page().header("cache-control"), "no-store");
    }

    async fn the_latest_sign_ins_are_shown_and_which_is_here(op: TestOp) {
        op.person("ada").await;
        let mut other = op.browser();
        other.headers.push(("user-agent", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0".into()));
        other.open("/account").await;
        other.sign_in("ada", PASSWORD).await.ok();
        let mut browser = op.browser();
        browser.open("/account").await;
        let page = browser.sign_in("ada", PASSWORD).await;
        assert!(page.body.contains("Firefox on Windows"));
        assert_eq!(page.body.matches("This browser").count(), 1);
    }

    async fn the_page_says_how_well_the_account_is_protected_and_the_one_next_step(setup: Setup) {
        let op = setup.named().start();
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        let page = browser.console("ada", "/account").await;
        assert!(page.ok().body.contains("id=\"next-step\" href=\"/account/security/passkeys\""), "{}", page.body);
        assert!(page.body.contains("ada@example.com") && !page.body.contains("recovery-codes"));
        for other in ["profile", "security", "sessions", "applications", "activity", "appearance", "data"] {
            assert!(page.body.contains(&format!("class=\"row-link\" href=\"/account/{other}\"")), "{other}");
        }
        let (app, codes) = ada.enrol(&op).await;
        let page = browser.open("/account").await;
        assert!(page.ok().body.contains("id=\"next-nothing\"") && page.body.contains("Codes left: 10"), "{}", page.body);
        // Two are left: it is time for others.
        for code in &codes[..8] {
            let mut other = op.browser();
            other.console("ada", "/account").await;
            other.open(&format!("{}?recovery=1", other.path.clone())).await.ok();
            other.submit(&[("code", code.expose())]).await.ok();
        }
        let page = browser.open("/account").await;
        assert!(page.ok().body.contains("id=\"next-step\" href=\"/account/security/recovery-codes\""), "{}", page.body);
        let _ = app;
    }

    async fn recovery_codes_have_a_page_of_their_own_and_old_ones_go_on_working(op: TestOp) {
        const PAGE: &str = "/account/security/recovery-codes";
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        let page = browser.console("ada", PAGE).await;
        assert!(page.ok().body.contains("Set up one of these first") && !page.body.contains("recovery-codes-new"), "{}", page.body);
        ada.enrol(&op).await;
        // As codes were before.
        let (old, id, now) = ("ABCDEF-GHJKLM-NPQRST-UVWXYZ", ada.id.clone(), op.now());
        let hash = latchkey::model::factor::recovery_code::hash(&op.op.pepper, &ada.id, old).unwrap();
        op.write(move |tx| latchkey::model::factor::store::set_recovery_codes(tx, &id, &[hash], now)).await;
        let mut other = op.browser();
        other.console("ada", "/account").await;
        other.open(&format!("{}?recovery=1", other.path.clone())).await.ok();
        other.submit(&[("code", &old.to_lowercase())]).await.ok();
        assert_eq!(other.path, "/account");
        let page = other.open(PAGE).await;
        assert!(page.ok().body.contains("Codes left: 0") && page.body.contains("You are running out"), "{}", page.body);
        assert_eq!(other.clone().send(PAGE, &[("action", "other")]).await.status, 400);
        let shown = other.send(PAGE, &[("action", "codes")]).await;
        let codes = crate::support::software_key::codes(shown.ok());
        assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 19), "{codes:?}");
        // They can be kept without a script: the link holds the file.
        let file = crate::support::answer::between(&shown.body, "href=\"data:text/plain;charset=utf-8,", "\"").unwrap();
        assert!(codes.iter().all(|code| file.contains(code)) && shown.body.contains("download=\"recovery-codes.txt\""));
        other.open("/account").await.ok();
        let mut again = op.browser();
        again.console("ada", "/account").await;
        again.open(&format!("{}?recovery=1", again.path.clone())).await.ok();
        again.submit(&[("code", &codes[0].replace('-', " "))]).await.ok();
        assert_eq!(again.path, "/account");
    }
}
