//! Writes the withdrawal of a consent.

use super::take_back::Taken;
use crate::account::owner::Confirmed;
use crate::account::store::access;
use crate::model::consent;
use crate::model::event::{self, Event, EventKind};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::http::api::Seen;
use crate::tokens::family;
use diesel::QueryResult;

/// Deletes a consent, if it has not changed meanwhile, and revokes what was issued for it.
///
/// # Errors
/// Any failure of the database.
pub(super) fn take_back(
    tx: &mut Connection,
    owner: &Confirmed,
    client: &str,
    seen: &Seen,
    now: Time,
) -> QueryResult<Taken> {
    let person = owner.id();
    let Some(held) = access(tx, person, now)?.into_iter().find(|held| held.client_id == client) else {
        return Ok(Taken::Unknown);
    };
    if !seen.is_version(held.version) {
        return Ok(Taken::Stale);
    }
    family::store::revoke_of_consent(tx, person, client, now)?;
    consent::store::revoke(tx, person, client)?;
    event::store::record(tx, &Event::by_person(EventKind::ConsentRevoked, person).client(client), now)?;
    Ok(Taken::Back)
}
