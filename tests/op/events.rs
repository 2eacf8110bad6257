//! What happened: in an order in which nothing appears late, with the request in which it did.

use crate::support::TestOp;
use crate::support::people::PASSWORD;
use latchkey::model::event::store::{self, Recorded};
use latchkey::model::event::{Actor, Event, EventKind, Stored};
use latchkey::platform::db::{Connection, Engine};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;

const WRITERS: usize = 6;
const EACH: usize = 25;

/// What a reader gets who goes on after the last place that they saw.
async fn read_on(op: &TestOp, after: &mut i64) -> Vec<Recorded> {
    let from = *after;
    let found = op.op.db.write(move |tx| {
        store::place(tx)?;
        store::read_on(tx, from, None, store::PAGE)
    });
    let found = found.await.unwrap();
    *after = found.last().map_or(from, |event| event.position);
    found
}

fn event(word: String) -> Event {
    Event::by(Actor::System, EventKind::UserUpdated).detail(json!({ "word": word }))
}

/// Events of one writer, each in a transaction of its own.
async fn write(op: &TestOp, writer: usize) {
    for number in 0..EACH {
        let (event, now) = (event(format!("{writer}-{number}")), op.now());
        op.op.db.write(move |tx| store::record(tx, &event, now)).await.unwrap();
    }
}

fn words(events: &[Recorded]) -> Vec<String> {
    let word = |event: &Recorded| serde_json::from_str::<serde_json::Value>(&event.detail).unwrap()["word"].clone();
    events.iter().map(|event| word(event).as_str().unwrap_or_default().to_owned()).collect()
}

on_both_stores! {
    async fn a_reader_misses_no_event_of_many_writers(op: TestOp) {
        let mut after = 0;
        let before = read_on(&op, &mut after).await.len();
        let mut seen = Vec::new();
        let writing = futures_util::future::join_all((0..WRITERS).map(|writer| write(&op, writer)));
        let reading = async {
            while seen.len() < WRITERS * EACH {
                seen.extend(read_on(&op, &mut after).await);
                tokio::task::yield_now().await;
            }
        };
        futures_util::future::join(writing, reading).await;
        let distinct: BTreeSet<String> = words(&seen).into_iter().collect();
        assert_eq!((seen.len(), distinct.len()), (WRITERS * EACH, WRITERS * EACH));
        let first = i64::try_from(before).unwrap() + 1;
        let places: Vec<i64> = seen.iter().map(|event| event.position).collect();
        assert_eq!(places, (first..first + i64::try_from(seen.len()).unwrap()).collect::<Vec<_>>(), "no gap, no place twice");
        assert!(read_on(&op, &mut after).await.is_empty());
    }

    /// On SQLite one transaction writes at a time, so that nothing can be committed late.
    async fn an_event_that_is_committed_late_is_read_all_the_same(op: TestOp) {
        let mut after = 0;
        read_on(&op, &mut after).await;
        let (recorded, was_recorded) = mpsc::channel();
        let (go, wait) = (tokio::sync::oneshot::channel::<()>(), op.now());
        let gate = std::sync::Arc::new(std::sync::Mutex::new(Some(go.1)));
        let is_postgres = op.op.db.engine() == Engine::Postgres;
        let db = op.op.db.clone();
        let late = tokio::spawn(async move {
            db.write(move |tx: &mut Connection| {
                store::record(tx, &event("late".to_owned()), wait)?;
                recorded.send(()).unwrap();
                let gate = gate.lock().unwrap().take().filter(|_| is_postgres);
                gate.map(|gate| gate.blocking_recv());
                Ok(())
            })
            .await
        });
        tokio::task::spawn_blocking(move || was_recorded.recv_timeout(Duration::from_secs(10))).await.unwrap().unwrap();
        let now = op.now();
        op.op.db.write(move |tx| store::record(tx, &event("soon".to_owned()), now)).await.unwrap();
        let first = words(&read_on(&op, &mut after).await);
        if is_postgres {
            assert_eq!(first, ["soon"], "the other one is not committed");
        }
        drop(go.0);
        late.await.unwrap().unwrap();
        let all = [first, words(&read_on(&op, &mut after).await)].concat();
        assert_eq!(all.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(["late", "soon"]));
        assert_eq!(all.len(), 2);
    }

    async fn an_event_names_the_request_in_which_it_happened(op: TestOp) {
        op.person("ada").await;
        for _ in 0..2 {
            let mut browser = op.browser();
            browser.open(&op.url("/login")).await;
            browser.sign_in("ada", PASSWORD).await.ok();
        }
        let now = op.now();
        op.write(move |tx| store::record(tx, &event("nobody asked".to_owned()), now)).await;
        let found = read_on(&op, &mut 0).await;
        let of = |kind| found.iter().filter(move |event| event.kind == Stored::Known(kind));
        let references: BTreeSet<_> = of(EventKind::SessionStarted).map(|event| event.reference.clone()).collect();
        assert_eq!(references.len(), 2, "each request has a name of its own: {references:?}");
        for reference in references.into_iter().flatten().collect::<Vec<_>>() {
            assert!(reference.len() == 16 && reference.bytes().all(|byte| byte.is_ascii_hexdigit()), "{reference}");
        }
        assert!(of(EventKind::UserUpdated).all(|event| event.reference.is_none()));
    }

    async fn a_kind_of_a_later_release_is_read_and_shown_by_its_name(op: TestOp) {
        let ada = op.person("ada").await;
        let (id, now) = (ada.id.clone(), op.now());
        op.write(move |tx| {
            store::record(tx, &Event::by(Actor::System, EventKind::UserUpdated).person(&id), now)?;
            use diesel::RunQueryDsl as _;
            diesel::sql_query("UPDATE events SET kind = 'user.teleported', actor = 'robot:7'").execute(tx)
        })
        .await;
        let found = read_on(&op, &mut 0).await;
        assert_eq!((found[0].kind.to_string().as_str(), found[0].actor.to_string().as_str()), ("user.teleported", "robot:7"));
        let mut browser = op.browser();
        let page = browser.console("ada", "/account/activity").await;
        assert!(page.ok().body.contains("user.teleported"));
    }
}
