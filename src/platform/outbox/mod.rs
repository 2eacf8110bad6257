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
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Longer than a delivery may take with those before it in its batch; then another server takes the message over.
pub const LEASE: Duration = Duration::from_secs(60);
/// So many are claimed at once,
const BATCH: i64 = 64;
/// and so many of them sent at the same time.
const CONCURRENCY: usize = 32;
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

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It was taken.
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
}

impl Outbox {
    /// The queue in `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { db, clock, random, news: Arc::default() }
    }

    /// Says that something was committed: the server need not wait for its next look.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Waits for [`Outbox::wake`], at most `longest`.
    pub async fn news(&self, longest: Duration) {
        // That the time is over is the other way to be done.
        let _ = tokio::time::timeout(longest, self.news.notified()).await;
    }

    /// Sends what is due of these kinds; returns how many were tried. Other kinds wait for a server that knows them.
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
            let sent = send(message.clone());
            async move { self.settle(&message, sent.await).await }
        };
        let settled: Vec<_> =
            futures_util::stream::iter(claimed).map(attempt).buffer_unordered(CONCURRENCY).collect().await;
        settled.into_iter().collect::<Result<(), _>>()?;
        Ok(tried)
    }

    async fn claim(&self, kinds: &[&'static str]) -> Result<Vec<Message>, Unavailable> {
        let (now, kinds) = (self.clock.now(), kinds.to_vec());
        // Looked for without a transaction: mostly there is nothing, and looking holds up nobody.
        let due = self.db.read(move |connection| store::due(connection, &kinds, now, BATCH)).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.db.write(move |tx| store::claim(tx, &due, now, now + LEASE)).await
    }

    async fn settle(&self, message: &Message, delivery: Delivery) -> Result<(), Unavailable> {
        let (now, jitter) = (self.clock.now(), u16::from_le_bytes(random::bytes::<2>(self.random.as_ref())));
        let next = schedule::next(message, delivery, now, jitter);
        metrics::sent(metric_kind(&message.kind), next.word());
        match &next {
            Next::Again { error, .. } => {
                tracing::debug!(message = message.id, kind = message.kind, error, "not sent yet")
            }
            Next::Done { error: Some(error), outcome } => {
                let client = message.client_id.as_deref().unwrap_or_default();
                tracing::warn!(message = message.id, kind = message.kind, client, outcome, error, "not sent");
            }
            Next::Done { .. } => {}
        }
        let message = message.clone();
        self.db.write(move |tx| store::settle(tx, &message, &next, now)).await
    }
}

/// Only the code's own words are labels.
fn metric_kind(kind: &str) -> &'static str {
    match kind {
        "backchannel_logout" => "backchannel_logout",
        "mail" => "mail",
        _ => "other",
    }
}
