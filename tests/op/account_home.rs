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
}
