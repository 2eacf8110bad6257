//! A person asks for their account to be deleted.

use super::store;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::page::identifier;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
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
/// When the store does not answer.
pub async fn delete(op: &Op, user: &User, typed: &str, seen: Seen) -> Result<Outcome, Unavailable> {
    if !Identifier::is_same(typed, identifier(user)) {
        return Ok(Outcome::Unconfirmed);
    }
    let (id, closing) = (user.id.clone(), op.closing(EndReason::Deleted));
    let at = closing.now + op.config.account.delete_after;
    let asked = op.db.write(move |tx| store::ask(tx, (&id, &seen), at, &closing)).await?;
    Ok(if asked { Outcome::Asked(at) } else { Outcome::Stale })
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
