//! What has to be done now and then: keys age, and what can no longer matter is deleted.

use super::Op;
use super::feature::{Due, Sweep};
use crate::model::key::{Rotation, first, sightings};
use crate::model::{client, event, import, one_time, session};
use crate::platform::crypto::MasterKeys;
use crate::platform::error::Unavailable;
use crate::platform::outbox;
use crate::platform::telemetry::metrics;
use crate::tokens;
use std::sync::Arc;
use std::time::Duration;

/// Rows that one transaction deletes at most: whoever waits for the database meanwhile waits briefly.
const BATCH: i64 = 1_000;
/// For those who wait to write to an embedded store, which has one writer.
const BETWEEN_BATCHES: Duration = Duration::from_millis(50);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The sweeps of tables that belong to no feature alone.
const SHARED: &[Sweep] = &[
    Sweep {
        tables: &["outbox"],
        run: |tx, due| {
            // An hour more than a server tries: those are of a kind that none sends.
            let before = due.now - (outbox::GIVE_UP + Duration::from_secs(60 * 60));
            let given_up = outbox::store::expire(tx, before, due.now, due.limit)?;
            Ok(given_up.max(outbox::store::sweep(tx, due.now - outbox::KEPT, due.limit)?))
        },
    },
    Sweep { tables: &["spent_codes"], run: |tx, due| tokens::code::store::sweep(tx, due.now, due.limit) },
    Sweep { tables: &["token_families"], run: |tx, due| tokens::family::store::sweep(tx, due.before, due.limit) },
    Sweep { tables: &["revoked_tokens"], run: |tx, due| tokens::revoked::store::sweep(tx, due.before, due.limit) },
    Sweep { tables: &["one_time"], run: |tx, due| one_time::store::sweep(tx, due.before, due.limit) },
    Sweep { tables: &["sessions"], run: |tx, due| session::store::sweep(tx, due.now, due.limit) },
    Sweep { tables: &["client_secrets"], run: |tx, due| client::store::sweep_secrets(tx, due.before, due.limit) },
    Sweep { tables: &["imports"], run: |tx, due| import::store::sweep(tx, due.now, due.limit) },
    Sweep {
        tables: &["events"],
        run: |tx, due| match due.config.events.retention {
            Some(retention) => event::store::sweep(tx, due.now - retention, due.limit),
            None => Ok(0),
        },
    },
];

/// One round: steps the keys, writes down who fetched them, and deletes a batch of each table.
///
/// # Errors
/// When a store does not answer; the next round tries again.
pub async fn housekeeping(op: &Op, masters: &Arc<MasterKeys>) -> Result<(), Unavailable> {
    let rotation = Rotation::of(&op.config);
    let steps = first::keep(&op.db, masters, op.clock.as_ref(), &op.random, &rotation).await?;
    if steps > 0 {
        tracing::info!(steps, "signing keys moved on");
        op.freshness.expire();
    }
    note_sightings(op).await?;
    sweep(op).await
}

/// Every sweep that there is, of features that are off too.
pub fn sweeps(op: &Op) -> Vec<Sweep> {
    let of_features = op.features.all().iter().flat_map(|feature| feature.sweeps.iter().copied());
    SHARED.iter().copied().chain(of_features).collect()
}

/// Writes down who fetched the JWKS. What is lost when it fails is not worth a second try.
async fn note_sightings(op: &Op) -> Result<(), Unavailable> {
    let seen = op.sightings.take();
    if seen.is_empty() {
        return Ok(());
    }
    op.db.write(move |tx| sightings::store::save(tx, &seen)).await
}

/// Each in transactions of its own, so that one that fails holds up no other; the first failure is told. A sweep goes on
/// until a batch is not full, and between batches whoever waits to write gets to.
async fn sweep(op: &Op) -> Result<(), Unavailable> {
    let now = op.now();
    let due = Due { now, before: now - DAY, limit: BATCH, config: Arc::clone(&op.config) };
    let mut outcome = Ok(());
    for sweep in sweeps(op) {
        outcome = outcome.and(until_done(op, sweep, &due).await);
    }
    outcome?;
    metrics::pending(op.db.read(outbox::store::count_pending).await?);
    Ok(())
}

async fn until_done(op: &Op, sweep: Sweep, due: &Due) -> Result<(), Unavailable> {
    loop {
        let batch = due.clone();
        let swept = op.db.write(move |tx| (sweep.run)(tx, &batch)).await?;
        if i64::try_from(swept).unwrap_or(i64::MAX) < due.limit {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN_BATCHES).await;
    }
}
