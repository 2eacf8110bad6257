//! After a backup was restored, or a replica promoted that lagged.

use super::{Delete, Installation, Permit, Store};
use crate::platform::clock::Time;
use crate::platform::db::{self, Db};
use crate::platform::error::Unavailable;
use crate::tokens::recovery::witness::{self, TakenOver, Testimony, Unheard};
use crate::tokens::recovery::{Ended, Keep, begins_anew, store};
use std::time::Duration;

/// When the newest event happened that the store knows of.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn newest_event(at: &Installation, _: &Permit<Delete, Store>) -> Result<Option<Time>, Unavailable> {
    at.db.read(store::newest_event).await
}

/// What the lost store knows of the time after `since`.
pub async fn hear(_: &Permit<Delete, Store>, lost: &Db, since: Option<Time>) -> Result<Testimony, Unavailable> {
    lost.read(move |connection| witness::store::hear(connection, since)).await
}

/// Whether it is a store of this provider, and no older than the one that serves now.
pub async fn judge(
    at: &Installation,
    _: &Permit<Delete, Store>,
    testimony: &Testimony,
) -> Result<Result<(), Unheard>, Unavailable> {
    let testimony = testimony.clone();
    at.db.read(move |connection| witness::store::judge(connection, &testimony)).await
}

/// What [`end_all`] would end.
pub async fn count(at: &Installation, _: &Permit<Delete, Store>, keep: Keep) -> Result<Ended, Unavailable> {
    let now = at.now();
    let counted = move |tx: &mut db::Connection| {
        db::unbounded(tx)?;
        store::count(tx, keep, now)
    };
    at.db.write(counted).await
}

/// Ends whatever was issued, after what the lost store refused is refused here too. Returns when nothing that is made from now
/// on can be taken for what was made before.
pub async fn end_all(
    at: &Installation,
    permit: &Permit<Delete, Store>,
    keep: Keep,
    testimony: Option<Testimony>,
) -> Result<(Ended, TakenOver), Unavailable> {
    let (actor, now) = (permit.actor().clone(), at.now());
    let done = at.change(move |tx| {
        db::unbounded(tx)?;
        let news = testimony.map(|testimony| witness::store::take_over(tx, &actor, &testimony, now)).transpose()?;
        Ok((store::end_all(tx, &actor, keep, now)?, news.unwrap_or_default()))
    });
    let done = done.await?;
    // Tokens made in this very second would still be taken for old ones.
    while at.now().seconds() < begins_anew(now) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(done)
}
