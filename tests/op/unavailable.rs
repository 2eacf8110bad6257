//! A store that cannot answer is told as such: 503, never "as if not found", and nothing is lost by asking again.

use crate::support::people::PASSWORD;
use crate::support::{Answer, TestOp, Tokens, assertion};
use diesel::RunQueryDsl as _;

/// Takes a table away from the provider for a while.
struct Gone<'a> {
    op: &'a TestOp,
    table: &'static str,
}

impl<'a> Gone<'a> {
    async fn with(op: &'a TestOp, table: &'static str) -> Self {
        rename(op, table.to_owned(), format!("{table}_gone")).await;
        Self { op, table }
    }

    async fn back(self) {
        rename(self.op, format!("{}_gone", self.table), self.table.to_owned()).await;
    }
}

async fn rename(op: &TestOp, from: String, to: String) {
    let sql = format!("ALTER TABLE {from} RENAME TO {to}");
    op.write(move |tx| diesel::sql_query(sql).execute(tx)).await;
}

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    answer.refused(503, "temporarily_unavailable");
    assert!(!answer.header("retry-after").is_empty());
}

on_both_stores! {
    async fn a_refresh_that_cannot_be_judged_can_be_sent_again(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let gone = Gone::with(&op, "token_families").await;
        assert_unavailable(&rp.refresh(&tokens.refresh_token).await);
        gone.back().await;
        rp.refresh(&tokens.refresh_token).await.ok();
    }

    async fn tok_15_a_revocation_that_failed_is_not_called_done(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        for (table, token) in [("token_families", &tokens.refresh_token), ("revoked_tokens", &tokens.access_token)] {
            let gone = Gone::with(&op, table).await;
            assert_unavailable(&rp.revoke(token).await);
            gone.back().await;
        }
        rp.refresh(&tokens.refresh_token).await.ok();
    }

    async fn a_token_whose_standing_is_unknown_is_neither_active_nor_inactive(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let gone = Gone::with(&op, "token_families").await;
        assert_unavailable(&rp.introspect(&tokens.access_token).await);
        assert_unavailable(&rp.introspect(&tokens.refresh_token).await);
        assert_unavailable(&rp.userinfo(&tokens.access_token).await);
        gone.back().await;
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn a_code_that_cannot_be_spent_is_not_lost(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        for table in ["spent_codes", "token_families", "people"] {
            let gone = Gone::with(&op, table).await;
            assert_unavailable(&rp.redeem(&code, &request).await);
            gone.back().await;
        }
        let tokens = Tokens::of(rp.redeem(&code, &request).await.ok());
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn an_assertion_that_cannot_be_remembered_is_not_believed(op: TestOp) {
        let rp = op.client(assertion::metadata()).await;
        let text = assertion::sign(assertion::key(), &assertion::claims(&op, &rp));
        let gone = Gone::with(&op, "spent_assertions").await;
        assert_unavailable(&assertion::present(&rp, &text).await);
        gone.back().await;
        assertion::present(&rp, &text).await.ok();
    }

    async fn a_client_that_cannot_be_looked_up_is_not_unknown(op: TestOp) {
        let rp = op.web_app().await;
        let gone = Gone::with(&op, "clients").await;
        assert_unavailable(&rp.refresh("lk_rt_x").await);
        let page = op.browser().open(&rp.request().url()).await;
        assert_unavailable(&page);
        assert!(page.reference().starts_with("LK-"));
        gone.back().await;
        op.browser().open(&rp.request().url()).await.ok();
    }

    async fn a_person_who_cannot_be_looked_up_is_not_signed_out(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        rp.sign_in(&mut browser, &rp.request()).await;
        let gone = Gone::with(&op, "sessions").await;
        let silent = rp.request().with("prompt", "none");
        browser.open(&silent.url()).await.refused(303, "temporarily_unavailable");
        assert_unavailable(&browser.open(&op.url("/")).await);
        gone.back().await;
        assert!(browser.open(&silent.url()).await.query().contains_key("code"));
    }

    async fn a_password_that_cannot_be_judged_is_not_wrong(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.open(&rp.request().url()).await;
        let (action, csrf) = (browser.form().action, browser.form().hidden[0].1.clone());
        let fields = [("csrf", csrf.as_str()), ("username", "ada"), ("password", PASSWORD)];
        for table in ["identifiers", "credentials", "sessions"] {
            let gone = Gone::with(&op, table).await;
            assert_unavailable(&browser.post(&action, &fields).await);
            gone.back().await;
        }
        browser.post(&action, &fields).await;
        assert!(browser.is_at("/consent"));
    }

    async fn a_sign_out_that_failed_is_not_called_done(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let url = op.url(&format!("/logout?id_token_hint={}", tokens.id_token));
        let gone = Gone::with(&op, "token_families").await;
        assert_unavailable(&browser.open(&url).await);
        gone.back().await;
        browser.open(&url).await.ok();
        browser.open(&rp.request().with("prompt", "none").url()).await.refused(303, "login_required");
    }
}
