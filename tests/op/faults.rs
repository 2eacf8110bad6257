//! The part of the fault matrix that needs no process of its own: clocks that are wrong or far ahead, keys that cannot be
//! made, handlers that panic. The rest stands in `tests/live/faults`.

use crate::support::people::PASSWORD;
use crate::support::stores::{Stores, masters};
use crate::support::{Answer, RelyingParty, TestOp, Tokens, days, seconds};
use diesel::RunQueryDsl as _;
use latchkey::app::housekeeping;
use latchkey::platform::db::Connection;
use reqwest::Method;

const HOUR: i64 = 3_600;

async fn signed_with(rp: &RelyingParty, tokens: &Tokens) -> String {
    rp.verify(&tokens.id_token).await.0["kid"].as_str().unwrap().to_owned()
}

async fn renamed(op: &TestOp, from: &str, to: &str) {
    let sql = format!("ALTER TABLE {from} RENAME TO {to}");
    op.write(move |tx| diesel::sql_query(sql).execute(tx)).await;
}

async fn ready(op: &TestOp) -> u16 {
    op.browser().request(Method::GET, "/readyz", None).await.status
}

on_both_stores! {
    async fn f_15_whatever_a_replicas_clock_shows_a_code_works_once_and_a_revocation_stays(op: TestOp) {
        // Keys sign from when they were made: to a clock behind that there are none.
        op.advance(days(1));
        op.person("ada").await;
        let rp = op.web_app().await;
        for offset in [-HOUR, -600, 600, HOUR] {
            let other = op.replica_ahead(offset);
            let (here, there) = (&rp, rp.through(&other));
            let request = rp.request();
            let code = here.code(&mut op.browser(), &request).await;
            let first = there.redeem(&code, &request).await;
            if first.status != 200 {
                // To a clock that is ahead it has expired; it never becomes good again there.
                assert!(offset > 0, "{offset}: {}", first.body);
                first.refused(400, "invalid_grant");
                continue;
            }
            here.redeem(&code, &request).await.refused(400, "invalid_grant");
            there.redeem(&code, &request).await.refused(400, "invalid_grant");
            let tokens = rp.sign_in(&mut op.browser(), &request).await;
            rp.revoke(&tokens.refresh_token).await;
            for replica in [here, &there] {
                replica.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
                assert_eq!(replica.introspect(&tokens.access_token).await.json()["active"], false, "{offset}");
            }
        }
    }

    async fn f_15_a_replica_whose_clock_is_over_a_minute_off_is_not_ready(op: TestOp) {
        assert_eq!(ready(&op).await, 200);
        for offset in [-HOUR, -90, 90, HOUR] {
            let other = op.replica_ahead(offset);
            // An embedded database is on the same machine: nobody else's time is there to compare with.
            let expected = if op.stores() == Stores::Postgres { 503 } else { 200 };
            assert_eq!(ready(&other).await, expected, "{offset}");
            other.browser().open("/healthz").await.ok();
        }
        assert_eq!(ready(&op.replica_ahead(20)).await, 200);
    }

    async fn f_16_after_2038_and_2106_everything_goes_on(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        for moment in [i64::from(i32::MAX) - 1, i64::from(u32::MAX) - 1, 7_258_118_400] {
            op.advance(seconds(u64::try_from(moment - op.now().seconds()).unwrap()));
            housekeeping(&op.op, &masters()).await.unwrap();
            op.changed();
            let mut browser = op.browser();
            let tokens = rp.sign_in(&mut browser, &rp.request()).await;
            op.advance(seconds(5));
            let claims = rp.id_claims(&tokens.id_token).await;
            assert!(claims["iat"].as_i64().unwrap() >= moment, "{claims}");
            let again = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
            rp.userinfo(&again.access_token).await.ok();
            browser.open("/account").await.ok();
            op.advance(days(1));
        }
    }

    async fn f_18_with_no_new_key_to_be_had_the_old_one_stays_in_use(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let old = signed_with(&rp, &tokens).await;
        // Beyond `keys.rotation`.
        op.advance(days(400));
        renamed(&op, "signing_keys", "signing_keys_gone").await;
        housekeeping(&op.op, &masters()).await.unwrap_err();
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        assert_eq!(signed_with(&rp, &tokens).await, old);
        renamed(&op, "signing_keys_gone", "signing_keys").await;
        housekeeping(&op.op, &masters()).await.unwrap();
        op.changed();
        let published = Answer::of(rp.raw(Method::GET, "/jwks")).await.json();
        let kids: Vec<_> = published["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
        assert!(kids.iter().any(|kid| **kid == old.as_str()) && kids.iter().any(|kid| **kid != old.as_str()), "{kids:?}");
    }

    async fn f_28_a_panic_costs_its_own_request_and_no_other(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        for round in 0..1_000 {
            let answer = Answer::of(rp.raw(Method::GET, "/broken")).await;
            assert_eq!((answer.status, answer.error().as_str()), (500, "server_error"), "round {round}");
            assert!(answer.body.contains("request "), "{}", answer.body);
            if round % 100 == 0 {
                rp.userinfo(&tokens.access_token).await.ok();
            }
        }
        let mut browser = op.browser();
        browser.open(&op.url("/login")).await.ok();
        assert!(browser.sign_in("ada", PASSWORD).await.ok().body.contains("ada Lovelace"));
    }

    async fn f_28_a_panic_within_a_transaction_undoes_it_and_the_store_goes_on(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        for _ in 0..10 {
            let broken = |tx: &mut Connection| -> diesel::QueryResult<()> {
                diesel::sql_query("DELETE FROM token_families").execute(tx)?;
                panic!("on purpose")
            };
            assert!(op.op.db.write(broken).await.is_err());
        }
        let fresh = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
        rp.userinfo(&fresh.access_token).await.ok();
    }
}
