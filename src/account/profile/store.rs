//! What the profile writes.

use crate::account::owner::{Confirmed, Owner};
use crate::account::store::person;
use crate::model::event::{self, Event, EventKind};
use crate::model::picture::{self, CLAIM, Named};
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
/// Any database failure; the same for every function here.
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

/// Keeps a picture with the URL that applications are told, or deletes it with `None`; the person after it, or `None` where
/// they are not as they were seen.
pub(super) fn set_picture(
    tx: &mut Connection,
    (owner, confirmed): (&Owner, &Confirmed),
    seen: &Seen,
    new: Option<&(Named, String)>,
    now: Time,
) -> QueryResult<Option<User>> {
    let user = confirmed.user().clone();
    if !seen.is_version(user.version) {
        return Ok(None);
    }
    let patch = Claims::from_iter([(CLAIM.to_owned(), json!(new.map(|(_, url)| url)))]);
    let claims = saving::patched(&user.claims, &patch, now);
    if claims.get(CLAIM) == user.claims.get(CLAIM) {
        return Ok(Some(user));
    }
    // This deletes the picture before.
    if !user::store::update_claims(tx, &user, &claims, now)? {
        return Ok(None);
    }
    if let Some((named, _)) = new {
        picture::store::set_of_person(tx, &user.id, named, now)?;
    }
    event::store::record(tx, &owner.event(EventKind::UserUpdated).detail(json!({ "claims": [CLAIM] })), now)?;
    person(tx, &user.id).map(Some)
}
