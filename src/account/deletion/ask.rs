//! A person asks for their account to be deleted.

use super::store;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::user;
use crate::model::user::identifier::Identifier;
use crate::op::Op;
use crate::op::page::identifier;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::http::api::Seen;
use diesel::QueryResult;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything ended, and the account will be deleted at this time.
    Asked(Time),
    /// The typed name is wrong.
    Unconfirmed,
    /// The person was changed meanwhile.
    Stale,
}

/// Requests deletion for a person who typed what they sign in with. Signing in cancels it, until the account is
/// deleted.
///
/// # Errors
/// See [`NotMade`].
pub async fn delete(op: &Op, owner: &Owner, typed: &str, seen: Seen) -> Result<Outcome, NotMade> {
    if !Identifier::is_same(typed, identifier(&owner.user)) {
        return Ok(Outcome::Unconfirmed);
    }
    let closing = op.closing(EndReason::Deleted);
    let at = closing.now + op.config.account.delete_after;
    let asked = owner.change(op, Who::SignedInLately, move |tx, owner| store::ask(tx, (owner, &seen), at, &closing));
    Ok(if asked.await? { Outcome::Asked(at) } else { Outcome::Stale })
}

/// Deletes people whose grace period has ended, at most `limit`; returns how many.
///
/// # Errors
/// Any failure of the database.
pub fn delete_due(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    let due = user::store::due_to_be_buried(tx, now, limit)?;
    for person in &due {
        user::store::bury(tx, person, now)?;
        event::store::record(tx, &Event::by_system(EventKind::UserDeleted).person(person), now)?;
    }
    Ok(due.len())
}
