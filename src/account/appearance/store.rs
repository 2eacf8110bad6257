//! What the choice of language and theme writes.

use crate::account::owner::Confirmed;
use crate::account::store::person;
use crate::model::user::{self, Appearance, User};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::http::api::Seen;
use diesel::QueryResult;

/// Changes language and theme; false, and the person's present state, when the person was changed meanwhile.
pub(super) fn save(
    tx: &mut Connection,
    owner: &Confirmed,
    seen: &Seen,
    chosen: &Appearance,
    now: Time,
) -> QueryResult<(User, bool)> {
    let (id, user) = (owner.id(), owner.user().clone());
    if !seen.is_version(user.version) {
        return Ok((user, false));
    }
    if user.appearance == *chosen {
        return Ok((user, true));
    }
    let saved = user::store::update_appearance(tx, id, user.version, chosen, now)?;
    Ok((person(tx, id)?, saved))
}
