//! What happened, in an order in which nothing appears late.

use super::{Events, Installation, Permit, Read};
use crate::model::event::store::{self, PAGE, Recorded};
use crate::platform::error::Unavailable;

/// Events after the place `after`, of one person or of all, at most `limit` and never more than a thousand. Whoever asks again after
/// the place of the last one that they got misses none.
///
/// # Errors
/// When the store does not confirm; so for [`place_before`].
pub async fn read_on(
    at: &Installation,
    _: &Permit<Read, Events>,
    (after, limit): (i64, i64),
    person: Option<&str>,
) -> Result<Vec<Recorded>, Unavailable> {
    let (person, limit) = (person.map(str::to_owned), limit.clamp(1, PAGE));
    at.db
        .write(move |tx| {
            store::place(tx)?;
            store::read_on(tx, after, person.as_deref(), limit)
        })
        .await
}

/// The place before the newest `count` events, of one person or of all.
pub async fn place_before(
    at: &Installation,
    _: &Permit<Read, Events>,
    person: Option<&str>,
    count: i64,
) -> Result<i64, Unavailable> {
    // Each page in a transaction of its own: nobody waits for a year of events.
    while at.db.write(store::place).await? == PAGE {}
    let person = person.map(str::to_owned);
    at.db.read(move |connection| store::place_before(connection, person.as_deref(), count)).await
}
