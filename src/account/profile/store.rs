//! What the profile writes.

use crate::account::owner::Confirmed;
use crate::account::store::person;
use crate::model::event::{self, Event, EventKind};
use crate::model::user::{self, User, save as saving};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::http::api::Seen;
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use serde_json::json;

/// Changes claims; false, and the person's present state, when the person was changed meanwhile.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub(super) fn save(
    tx: &mut Connection,
    owner: &Confirmed,
    seen: &Seen,
    patch: &Claims,
    now: Time,
) -> QueryResult<(User, bool)> {
    let (id, user) = (owner.id(), owner.user().clone());
    if !seen.is_version(user.version) {
        return Ok((user, false));
    }
    let claims = saving::patched(&user.claims, patch, now);
    if claims == user.claims {
        return Ok((user, true));
    }
    let saved = user::store::update_claims(tx, &user, &claims, now)?;
    if saved {
        let names: Vec<&String> = patch.keys().filter(|name| claims.get(*name) != user.claims.get(*name)).collect();
        event::store::record(
            tx,
            &Event::by_person(EventKind::UserUpdated, id).detail(json!({ "claims": names })),
            now,
        )?;
    }
    Ok((person(tx, id)?, saved))
}
