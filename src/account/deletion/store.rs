//! Writes a request for deletion.

use crate::account::owner::Confirmed;
use crate::model::event::{self, Event, EventKind};
use crate::model::user;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::http::api::Seen;
use crate::tokens::ending::{self, Closing, Which};
use diesel::QueryResult;
use serde_json::json;

/// Every session and token ends, and the account will be deleted at `delete_at`. False when the person was changed
/// meanwhile.
///
/// # Errors
/// Any failure of the database.
pub(super) fn ask(
    tx: &mut Connection,
    (owner, seen): (&Confirmed, &Seen),
    delete_at: Time,
    closing: &Closing,
) -> QueryResult<bool> {
    let person = owner.id();
    if !seen.is_version(owner.user().version) {
        return Ok(false);
    }
    ending::store::end_of_person(tx, person, &Which::All, closing)?;
    user::store::leave(tx, person, delete_at, closing.now)?;
    let detail = json!({ "delete_at": delete_at.rfc3339() });
    event::store::record(tx, &Event::by_person(EventKind::UserLeaving, person).detail(detail), closing.now)?;
    Ok(true)
}
