//! Ends what a person has open.

use crate::model::event::{self, Event};
use crate::model::session;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::tokens::family;
use diesel::QueryResult;

/// Ends a person's sessions, or one of them, with the tokens that were not meant to outlive them; an event each.
/// Returns how many ended.
pub(super) fn end_sessions(
    tx: &mut Connection,
    person: &str,
    only: Option<&str>,
    reason: &str,
    now: Time,
) -> QueryResult<usize> {
    let mut ended = 0_usize;
    for listed in session::store::list(tx, person, now)? {
        if only.is_some_and(|only| only != listed.id) || !session::store::end(tx, &listed.id, reason, now)? {
            continue;
        }
        family::store::revoke_of_session(tx, &listed.id, now)?;
        let detail = serde_json::json!({ "reason": reason });
        event::store::record(
            tx,
            &Event::by_operator("session.ended").person(person).session(&listed.id).detail(detail),
            now,
        )?;
        ended = ended.saturating_add(1);
    }
    Ok(ended)
}
