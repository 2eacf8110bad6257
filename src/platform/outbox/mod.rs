//! Messages that must leave, however often the process dies: written in the transaction of what they tell of, sent by
//! whichever server claims them, kept with a receipt.
//!
//! A message goes out at least once. A claim is a lease, so that several servers never send the same one at the same
//! time, and what a dead one held is taken over. What a kind of message says, and to whom, is its sender's affair:
//! [`Outbox::deliver_due`] takes a function for it.

mod schedule;
pub mod store;

pub use schedule::{GIVE_UP, Next};

use crate::platform::clock::{Clock, Time};
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::random::{self, Random};
use crate::platform::telemetry::metrics;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longer than a delivery may take with those before it in its batch; then another server takes the message over.
pub const LEASE: Duration = Duration::from_secs(60);
/// Messages that are claimed and sent together.
const BATCH: usize = 64;
/// So many of them are under way to one destination, which may be slow or hang, in all rounds of this server.
const SHARE: usize = 16;
/// Among so many that are due the batch is chosen.
const LOOKED_AT: i64 = 512;
/// Receipts are kept so long.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A message to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Which sender takes it.
    pub kind: &'static str,
    /// Whom it goes to, if that is a client.
    pub client_id: Option<String>,
    /// What the sender needs: JSON of ids without any secret, or sealed.
    pub payload: String,
}

/// A message that this server has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Stays the same over all attempts.
    pub id: String,
    /// Which sender takes it.
    pub kind: String,
    /// Whom it goes to, if that is a client.
    pub client_id: Option<String>,
    /// As it was written.
    pub payload: String,
    /// Counts this one too.
    pub attempts: i64,
    /// When it was written.
    pub created_at: Time,
    /// Until when it is this server's.
    claimed_until: Time,
}

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Delivered,
    /// It will never be taken, and why.
    Refused(String),
    /// It was not taken this time, and why.
    Failed(String),
}

/// The queue; clones share it.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    news: Arc<Notify>,
    under_way: UnderWay,
}

/// How many messages of this server are under way, by destination.
type UnderWay = Arc<Mutex<HashMap<String, usize>>>;

/// One of them; over when it is dropped.
struct Leaving {
    under_way: UnderWay,
    destination: String,
}

impl Leaving {
    fn begin(under_way: &UnderWay, message: &Message) -> Self {
        let destination = destination(message.client_id.as_deref(), &message.kind).to_owned();
        let mut counts = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(destination.clone()).or_default();
        *count = count.saturating_add(1);
        drop(counts);
        Self { under_way: Arc::clone(under_way), destination }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let left = counts.get(&self.destination).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            counts.remove(&self.destination);
        } else {
            counts.insert(self.destination.clone(), left);
        }
    }
}

/// What is slow or away together: one client's server, else whatever a kind is sent by.
fn destination<'a>(client: Option<&'a str>, kind: &'a str) -> &'a str {
    client.unwrap_or(kind)
}

impl Outbox {
    /// The queue in `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { news: db.news(), db, clock, random, under_way: UnderWay::default() }
    }

    /// Waits until this server commits a message, at most `longest`.
    pub async fn news(&self, longest: Duration) {
        // That the time is over is the other way to be done.
        let _ = tokio::time::timeout(longest, self.news.notified()).await;
    }

    /// Sends due messages of these kinds; returns how many were tried. Other kinds wait for a server that knows them.
    ///
    /// # Errors
    /// When the store does not answer. What was claimed is tried again after [`LEASE`].
    pub async fn deliver_due<F, S>(&self, kinds: &[&'static str], send: F) -> Result<usize, Unavailable>
    where
        F: Fn(Message) -> S,
        S: Future<Output = Delivery>,
    {
        let claimed = self.claim(kinds).await?;
        let tried = claimed.len();
        let attempt = |message: Message| {
            let (sent, leaving) = (send(message.clone()), Leaving::begin(&self.under_way, &message));
            async move {
                let delivery = sent.await;
                drop(leaving);
                self.settle(&message, delivery).await
            }
        };
        // Concurrently: a hanging message does not delay the others, and other rounds may start meanwhile.
        let settled: Vec<_> = claimed.into_iter().map(attempt).collect::<FuturesUnordered<_>>().collect().await;
        settled.into_iter().collect::<Result<(), _>>()?;
        Ok(tried)
    }

    async fn claim(&self, kinds: &[&'static str]) -> Result<Vec<Message>, Unavailable> {
        let (now, counts) = (self.clock.now(), self.counts());
        let full: Vec<String> =
            counts.iter().filter(|(_, count)| **count >= SHARE).map(|(destination, _)| destination.clone()).collect();
        let kinds: Vec<&'static str> = kinds.to_vec();
        // Looked for without a transaction: mostly there is nothing, and looking holds up nobody.
        let due = self.db.read(move |connection| store::due(connection, &kinds, &full, now, LOOKED_AT)).await?;
        let due = share(due, counts);
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.db.write(move |tx| store::claim(tx, &due, now, now + LEASE)).await
    }

    fn counts(&self) -> HashMap<String, usize> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn settle(&self, message: &Message, delivery: Delivery) -> Result<(), Unavailable> {
        let (now, jitter) = (self.clock.now(), u16::from_le_bytes(random::bytes::<2>(self.random.as_ref())));
        let next = schedule::next(message, delivery, now, jitter);
        metrics::sent(metric_kind(&message.kind), next.word());
        match &next {
            Next::Again { error, .. } => {
                tracing::debug!(outbox_id = message.id, kind = message.kind, error, "not sent yet")
            }
            Next::Done { error: Some(error), outcome } => {
                let client = message.client_id.as_deref().unwrap_or_default();
                tracing::warn!(outbox_id = message.id, kind = message.kind, client, outcome, error, "not sent");
            }
            Next::Done { .. } => {}
        }
        let message = message.clone();
        self.db.write(move |tx| store::settle(tx, &message, &next, now)).await
    }
}

/// The batch, of each destination its share at most.
fn share(due: Vec<store::Due>, mut counts: HashMap<String, usize>) -> Vec<String> {
    let mut fits = |due: &store::Due| {
        let count = counts.entry(destination(due.client_id.as_deref(), &due.kind).to_owned()).or_default();
        let fits = *count < SHARE;
        *count = count.saturating_add(1);
        fits
    };
    due.into_iter().filter(|due| fits(due)).take(BATCH).map(|due| due.id).collect()
}

/// Only the code's own words are labels.
fn metric_kind(kind: &str) -> &'static str {
    match kind {
        "backchannel_logout" => "backchannel_logout",
        "mail" => "mail",
        "client_logo" => "client_logo",
        _ => "other",
    }
}
