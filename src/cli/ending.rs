//! Ends what a person has open.

use super::Site;
use crate::model::event::{self, Event};
use crate::model::session;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::random::Random;
use crate::tokens::ending::{self, BACKCHANNEL_LOGOUT, Ending};
use diesel::QueryResult;
use std::sync::Arc;

/// How and when a command ends sessions. A server sends what it leaves in the outbox.
#[derive(Clone)]
pub(super) struct Closing {
    /// When.
    pub(super) now: Time,
    random: Arc<dyn Random>,
    tells_clients: bool,
}

impl Closing {
    /// At this time, as the site is configured.
    pub(super) fn at(site: &Site, now: Time) -> Self {
        let tells_clients = site.config.feature(BACKCHANNEL_LOGOUT) != Some(false);
        Self { now, random: Arc::clone(&site.random), tells_clients }
    }
}

/// Ends a person's sessions, or one of them, with the tokens that were not meant to outlive them; an event each, and
/// word to the applications that took part. Returns how many ended.
pub(super) fn end_sessions(
    tx: &mut Connection,
    person: &str,
    only: Option<&str>,
    reason: &str,
    closing: &Closing,
) -> QueryResult<usize> {
    let now = closing.now;
    let mut ended = 0_usize;
    for listed in session::store::list(tx, person, now)? {
        let ending = Ending {
            session_id: &listed.id,
            person_id: person,
            reason,
            tells_clients: closing.tells_clients,
            random: closing.random.as_ref(),
            now,
        };
        if only.is_some_and(|only| only != listed.id) || ending::store::end(tx, &ending)?.is_none() {
            continue;
        }
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
