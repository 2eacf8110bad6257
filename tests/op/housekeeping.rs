//! What grows ends: rows that can no longer matter are deleted, however many they are.

use crate::support::stores::masters;
use crate::support::{Setup, TestOp, days};
use diesel::prelude::*;
use latchkey::app;
use latchkey::platform::db::schema::{events, revoked_tokens, sessions, spent_codes};

async fn housekeeping(op: &TestOp) {
    app::housekeeping(&op.op, &masters()).await.unwrap();
}

/// Rows of sessions, spent codes and events.
async fn rows(op: &TestOp) -> (i64, i64, i64) {
    op.write(|tx| {
        Ok((
            sessions::table.count().get_result(tx)?,
            spent_codes::table.count().get_result(tx)?,
            events::table.count().get_result(tx)?,
        ))
    })
    .await
}

on_both_stores! {
    async fn a_sweep_goes_on_until_nothing_is_left(op: TestOp) {
        const ROWS: i64 = 2_345;
        let (now, over) = (op.now().millis(), (op.now() - days(3)).millis());
        op.write(move |tx| {
            for number in 0..ROWS {
                diesel::insert_into(revoked_tokens::table)
                    .values((revoked_tokens::jti.eq(format!("over-{number}")), revoked_tokens::expires_at.eq(over)))
                    .execute(tx)?;
            }
            diesel::insert_into(revoked_tokens::table)
                .values((revoked_tokens::jti.eq("live"), revoked_tokens::expires_at.eq(now)))
                .execute(tx)
        })
        .await;
        housekeeping(&op).await;
        let left: Vec<String> = op.write(|tx| revoked_tokens::table.select(revoked_tokens::jti).load(tx)).await;
        assert_eq!(left, ["live"]);
    }

    async fn a_replay_is_told_for_a_day_and_the_spent_code_goes_after_it(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let request = rp.request();
        let code = rp.code(&mut browser, &request).await;
        rp.redeem(&code, &request).await.ok();
        op.advance(days(1) / 2);
        housekeeping(&op).await;
        assert_eq!(rows(&op).await.1, 1);
        let replayed = rp.redeem(&code, &request).await;
        replayed.refused(400, "invalid_grant");
        op.advance(days(1));
        housekeeping(&op).await;
        assert_eq!(rows(&op).await.1, 0, "it is kept for longer than a replay is told");
        rp.redeem(&code, &request).await.refused(400, "invalid_grant");
    }

    async fn a_session_goes_a_month_after_its_end_and_events_after_their_retention(setup: Setup) {
        let op = setup.config("[events]\nretention = \"90d\"\n").start();
        op.tokens().await;
        let before = rows(&op).await;
        assert!(before.0 == 1 && before.2 > 1, "{before:?}");
        op.advance(days(29));
        housekeeping(&op).await;
        assert_eq!(rows(&op).await.0, 1);
        op.advance(days(45));
        housekeeping(&op).await;
        let (sessions, _, events) = rows(&op).await;
        assert_eq!(sessions, 0, "a session whose life was over a month ago");
        assert!(events >= before.2, "events are kept for 90 days");
        op.advance(days(91));
        housekeeping(&op).await;
        // What this housekeeping itself wrote down is new.
        let old = (op.now() - days(90)).millis();
        let left: i64 = op.write(move |tx| events::table.filter(events::at.lt(old)).count().get_result(tx)).await;
        assert!(left <= 1, "{left} events past their retention");
    }
}
