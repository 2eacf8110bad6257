//! Periodic work: key rotation, and the deletion of rows that are no longer needed.

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

/// Rows that one transaction deletes at most, so that other transactions wait only briefly.
const BATCH: i64 = 1_000;
/// A pause for other writers of an embedded store, which has one writer.
const BETWEEN_BATCHES: Duration = Duration::from_millis(50);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The sweeps of tables that several features share.
const SHARED: &[Sweep] = &[
    Sweep {
        tables: &["outbox"],
        run: |tx, due| {
            // An hour longer than a server tries: no server sends this kind.
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

/// One round: rotates keys, records who fetched them, and deletes old rows of each table.
///
/// # Errors
/// When a store does not answer; the next round tries again.
pub async fn housekeeping(op: &Op, masters: &Arc<MasterKeys>) -> Result<(), Unavailable> {
    let rotation = Rotation::of(&op.config);
    let steps = first::keep(&op.db, masters, op.clock.as_ref(), &op.random, &rotation).await?;
    if steps > 0 {
        tracing::info!(steps, "rotated signing keys");
        op.freshness.expire();
    }
    note_sightings(op).await?;
    sweep(op).await
}

/// Every sweep, including those of disabled features.
pub fn sweeps(op: &Op) -> Vec<Sweep> {
    let of_features = op.features.all().iter().flat_map(|feature| feature.sweeps.iter().copied());
    SHARED.iter().copied().chain(of_features).collect()
}

/// Records who fetched the JWKS. A failure is not retried: the loss is small.
async fn note_sightings(op: &Op) -> Result<(), Unavailable> {
    let seen = op.sightings.take();
    if seen.is_empty() {
        return Ok(());
    }
    op.db.write(move |tx| sightings::store::save(tx, &seen)).await
}

/// Each in separate transactions, so that a failing one does not stop the others; the first failure is returned. A sweep
/// continues until a batch is not full, and other writers get their turn between batches.
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
