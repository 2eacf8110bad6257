//! Refusing a person, and letting them in again.

use crate::admin::{Installation, Permit, Users, Write};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::user::{UserStatus, store};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Closing, Which};
use diesel::QueryResult;

/// Refuses a person everywhere: raises the epoch, so that no token of theirs counts, and ends their sessions. Gives how many
/// sessions ended.
///
/// # Errors
/// When the store does not confirm; the same for every function here.
pub async fn disable(at: &Installation, permit: &Permit<Write, Users>, person: &str) -> Result<usize, Unavailable> {
    let (person, permit, closing) =
        (person.to_owned(), permit.clone(), at.closing(permit.actor(), EndReason::Disabled));
    at.change(move |tx| shut_out(tx, &permit, &person, &closing)).await
}

/// Enables a disabled person; revoked tokens stay revoked.
pub async fn enable(at: &Installation, permit: &Permit<Write, Users>, person: &str) -> Result<(), Unavailable> {
    let (person, permit, now) = (person.to_owned(), permit.clone(), at.now());
    at.change(move |tx| let_in(tx, &permit, &person, now)).await
}

pub(super) fn shut_out(
    tx: &mut Connection,
    permit: &Permit<Write, Users>,
    person: &str,
    closing: &Closing,
) -> QueryResult<usize> {
    store::set_status(tx, person, UserStatus::Disabled, closing.now)?;
    let event = Event::by(permit.actor().clone(), EventKind::UserDisabled).person(person);
    event::store::record(tx, &event, closing.now)?;
    Ok(ending::store::end_of_person(tx, person, &Which::All, closing)?.len())
}

pub(super) fn let_in(tx: &mut Connection, permit: &Permit<Write, Users>, person: &str, now: Time) -> QueryResult<()> {
    store::set_status(tx, person, UserStatus::Active, now)?;
    let event = Event::by(permit.actor().clone(), EventKind::UserEnabled).person(person);
    event::store::record(tx, &event, now)
}
