//! The durable outbox: what was committed leaves, once a message, whatever dies meanwhile.

use crate::support::receiver::{LOOPBACK, Receiver};
use crate::support::relying_party::web_app;
use crate::support::stores::masters;
use crate::support::{Setup, TestOp, days, minutes, seconds};
use latchkey::app;
use latchkey::platform::clock::Time;
use latchkey::platform::outbox::store::{self, Listed};
use latchkey::platform::outbox::{Delivery, LEASE, NewMessage};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use wiremock::ResponseTemplate;

const KIND: &str = "backchannel_logout";

/// Ada signed in at so many applications and signed out again: a message waits for each.
async fn signed_out(op: &TestOp, receiver: &Receiver, applications: usize) {
    op.person("ada").await;
    let mut browser = op.browser();
    for number in 0..applications {
        let mut metadata = web_app();
        metadata["backchannel_logout_uri"] = json!(receiver.uri(&format!("/{number}")));
        let rp = op.client(metadata).await;
        rp.sign_in(&mut browser, &rp.request()).await;
    }
    browser.open(&op.url("/logout")).await.ok();
    browser.submit(&[("decision", "logout")]).await.ok();
}

async fn messages(op: &TestOp) -> Vec<Listed> {
    op.op.db.read(|connection| store::list(connection, true, 1_000)).await.unwrap()
}

async fn outcome(op: &TestOp) -> (Option<String>, i64) {
    let message = messages(op).await.remove(0);
    (message.outcome, message.attempts)
}

/// A message past the code under test.
async fn write(op: &TestOp, kind: &'static str) {
    let now = op.now();
    let message = NewMessage { kind, client_id: None, payload: "{}".into() };
    op.write(move |tx| store::insert(tx, kind, &message, now)).await;
}

on_both_stores! {
    async fn what_was_committed_before_the_process_died_leaves_from_the_next_one(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        signed_out(&op, &receiver, 2).await;
        assert_eq!(receiver.requests().await.len(), 0);
        let op = op.restart();
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 2);
        assert_eq!(receiver.requests().await.len(), 2);
    }

    async fn two_servers_send_each_message_once(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        signed_out(&op, &receiver, 6).await;
        let other = op.replica();
        let (one, two) = futures_util::join!(app::deliver_due(&op.op), app::deliver_due(&other.op));
        assert_eq!(one.unwrap() + two.unwrap(), 6);
        let mut paths: Vec<_> = receiver.requests().await.iter().map(|request| request.url.path().to_owned()).collect();
        paths.sort();
        assert_eq!(paths, ["/0", "/1", "/2", "/3", "/4", "/5"]);
        assert!(messages(&op).await.iter().all(|message| message.outcome.as_deref() == Some("delivered")));
    }

    async fn what_a_dead_server_held_is_taken_over_when_its_claim_is_over(op: TestOp) {
        write(&op, KIND).await;
        // It claims the message, and is gone in the middle of sending.
        let hangs = op.op.outbox.deliver_due(&[KIND], |_| std::future::pending::<Delivery>());
        assert!(tokio::time::timeout(seconds(1), hangs).await.is_err());
        let other = op.replica();
        let sent = AtomicUsize::new(0);
        let deliver = async || {
            let send = async |_| {
                sent.fetch_add(1, Ordering::Relaxed);
                Delivery::Delivered
            };
            other.op.outbox.deliver_due(&[KIND], send).await.unwrap()
        };
        assert_eq!(deliver().await, 0);
        op.advance(LEASE + seconds(1));
        assert_eq!((deliver().await, sent.load(Ordering::Relaxed)), (1, 1));
        assert_eq!(outcome(&op).await, (Some("delivered".into()), 2));
    }

    async fn an_attempt_that_fails_is_repeated_later_and_later_and_given_up_after_a_day(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(500).await);
        signed_out(&op, &receiver, 1).await;
        let written = op.now();
        let mut attempts = Vec::new();
        while outcome(&op).await.0.is_none() {
            if app::deliver_due(&op.op).await.unwrap() == 1 {
                attempts.push(op.now());
            }
            let next = messages(&op).await[0].next_attempt_at;
            op.advance(Time::from_millis(next).since(op.now()).max(seconds(1)));
        }
        let waits: Vec<_> = attempts.windows(2).map(|two| two[1].since(two[0])).collect();
        assert!(waits[0] >= seconds(5) && waits[0] <= seconds(7), "{waits:?}");
        assert!(waits[..9].windows(2).all(|two| two[1] > two[0]), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= minutes(75)));
        assert!(attempts.last().unwrap().since(written) <= days(1));
        let receipt = messages(&op).await.remove(0);
        assert_eq!(receipt.outcome.as_deref(), Some("expired"));
        assert_eq!(receipt.last_error.as_deref(), Some("the client answered 500"));
        assert_eq!(receipt.attempts, i64::try_from(attempts.len()).unwrap());
    }

    async fn a_receipt_is_kept_a_month(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        signed_out(&op, &receiver, 1).await;
        app::deliver_due(&op.op).await.unwrap();
        op.advance(days(29));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        assert_eq!(outcome(&op).await, (Some("delivered".into()), 1));
        op.advance(days(2));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        assert_eq!(messages(&op).await.len(), 0);
    }

    async fn a_kind_that_nobody_sends_waits_and_then_expires(op: TestOp) {
        write(&op, "mail").await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 0);
        op.advance(days(1));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        assert_eq!(outcome(&op).await, (None, 0));
        op.advance(minutes(61));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        assert_eq!(outcome(&op).await, (Some("expired".into()), 0));
    }

    async fn what_was_rolled_back_is_not_told(op: TestOp) {
        let now = op.now();
        let message = NewMessage { kind: KIND, client_id: None, payload: "{}".into() };
        let failed = op.op.db.write(move |tx| {
            store::insert(tx, "m", &message, now)?;
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        });
        assert!(failed.await.is_err());
        assert_eq!(messages(&op).await.len(), 0);
    }

    async fn one_that_is_slow_or_away_holds_up_no_other(setup: Setup) {
        let (op, receiver) = (setup.config(LOOPBACK).start(), Receiver::answering(200).await);
        signed_out(&op, &receiver, 3).await;
        let slow = Receiver::answering(200).await;
        slow.answer(ResponseTemplate::new(200).set_delay(seconds(30))).await;
        // The first one's address changes before it is told.
        let client = messages(&op).await.remove(0).client_id.unwrap();
        let mut metadata: serde_json::Value =
            serde_json::to_value(&op.op.clients.find(&client).await.unwrap().unwrap().metadata).unwrap();
        metadata["backchannel_logout_uri"] = json!(slow.uri("/slow"));
        let metadata = serde_json::from_value(metadata).unwrap();
        let now = op.now();
        op.write(move |tx| {
            let origin = latchkey::model::client::Origin::Operator;
            latchkey::model::client::store::save(tx, &client, origin, true, &metadata, now)
        })
        .await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 3);
        let done = messages(&op).await.iter().filter(|message| message.outcome.is_some()).count();
        assert_eq!(done, 2);
        let waiting = messages(&op).await.into_iter().find(|message| message.outcome.is_none()).unwrap();
        assert_eq!(waiting.last_error.as_deref(), Some("it took too long"));
    }

    async fn what_hangs_takes_its_share_of_the_places_and_holds_up_no_other_round(op: TestOp) {
        let now = op.now();
        op.write(move |tx| {
            for number in 0..40 {
                let message = NewMessage { kind: "slow", client_id: None, payload: "{}".into() };
                store::insert(tx, &format!("slow {number}"), &message, now)?;
            }
            Ok(())
        })
        .await;
        write(&op, KIND).await;
        let (hanging, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let round = || {
            op.op.outbox.deliver_due(&["slow", KIND], async |message| {
                if message.kind == "slow" {
                    hanging.fetch_add(1, Ordering::Relaxed);
                    return std::future::pending().await;
                }
                sent.fetch_add(1, Ordering::Relaxed);
                Delivery::Delivered
            })
        };
        let stuck = round();
        let others = async {
            while sent.load(Ordering::Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            write(&op, "another").await;
            let message = NewMessage { kind: KIND, client_id: None, payload: "{}".into() };
            op.write(move |tx| store::insert(tx, "later", &message, now)).await;
            assert_eq!(round().await.unwrap(), 1);
        };
        tokio::select! {
            _ = stuck => panic!("what hangs hangs"),
            () = others => {}
        }
        assert_eq!((hanging.load(Ordering::Relaxed), sent.load(Ordering::Relaxed)), (16, 2));
    }
}
