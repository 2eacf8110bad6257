//! Ends sessions. Nothing else in the provider does.

use super::{BACKCHANNEL_LOGOUT, By, Closing, Ending, LogoutNotice, Which};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::one_time::{self, Turn};
use crate::model::session;
use crate::platform::db::{Connection, schema::*};
use crate::platform::id;
use crate::platform::outbox::{self, NewMessage};
use crate::protocol::client_metadata::ClientMetadata;
use crate::tokens::family;
use diesel::QueryResult;
use diesel::prelude::*;

/// Ends a session with the tokens that were not meant to outlive it, and writes a message to each application that
/// wants one. Gives the applications that took part; `None` when it had ended before.
///
/// # Errors
/// Any failure of the database.
pub fn end(tx: &mut Connection, ending: &Ending<'_>) -> QueryResult<Option<Vec<String>>> {
    // First, since it waits for whatever begins in the session at this moment: what follows sees that too.
    let ended = session::store::end(tx, ending.session_id, ending.reason, ending.now)?;
    family::store::revoke_of_session(tx, ending.session_id, ending.now)?;
    if !ended {
        return Ok(None);
    }
    let took_part = participants(tx, ending.session_id)?;
    if ending.tells_clients {
        for (client_id, _) in took_part.iter().filter(|(_, metadata)| metadata.backchannel_logout_uri.is_some()) {
            outbox::store::insert(tx, &id::new(ending.now, ending.random), &notice(ending, client_id), ending.now)?;
        }
    }
    Ok(Some(took_part.into_iter().map(|(client_id, _)| client_id).collect()))
}

/// Ends sessions of a person with the tokens that were not meant to outlive them; an event each, and word to the
/// applications that took part. Gives those that ended. Another person's session is not found. Who locks the others out
/// locks out what waits to become one: codes and links that reset the password or sign in.
///
/// # Errors
/// Any failure of the database.
pub fn end_of_person(tx: &mut Connection, person: &str, which: &Which, closing: &Closing) -> QueryResult<Vec<String>> {
    let now = closing.now;
    if !matches!(which, Which::Only(_)) {
        one_time::store::void_after(tx, person, Turn::Secured, now)?;
    }
    let listed = session::store::list(tx, person, now)?;
    let ids = listed.into_iter().map(|listed| listed.id).filter(|id| which.means(id));
    end_each(tx, person, ids.collect(), closing)
}

/// Ends the oldest sessions of a person who has more than `most`, but never the one that just began, whatever its clock said.
/// Gives those that ended.
///
/// # Errors
/// Any failure of the database.
pub fn end_beyond(
    tx: &mut Connection,
    person: &str,
    began: &str,
    most: u32,
    closing: &Closing,
) -> QueryResult<Vec<String>> {
    let mut ids = session::store::beyond(tx, person, most, closing.now)?;
    ids.retain(|id| id != began);
    end_each(tx, person, ids, closing)
}

fn end_each(tx: &mut Connection, person: &str, ids: Vec<String>, closing: &Closing) -> QueryResult<Vec<String>> {
    let mut ended = Vec::new();
    for id in ids {
        let ending = Ending {
            session_id: &id,
            person_id: person,
            reason: closing.reason,
            tells_clients: closing.tells_clients,
            random: closing.random.as_ref(),
            now: closing.now,
        };
        if end(tx, &ending)?.is_none() {
            continue;
        }
        let actor = match &closing.by {
            By::ThePerson => Actor::Person(person.to_owned()),
            By::Actor(actor) => actor.clone(),
        };
        let event = Event::by(actor, EventKind::SessionEnded);
        let event = event.person(person).session(&id).detail(serde_json::json!({ "reason": closing.reason }));
        event::store::record(tx, &event, closing.now)?;
        ended.push(id);
    }
    Ok(ended)
}

fn notice(ending: &Ending<'_>, client_id: &str) -> NewMessage {
    let notice = LogoutNotice { session_id: ending.session_id.to_owned(), person_id: ending.person_id.to_owned() };
    NewMessage {
        kind: BACKCHANNEL_LOGOUT,
        client_id: Some(client_id.to_owned()),
        payload: serde_json::json!(notice).to_string(),
    }
}

/// The enabled clients that were granted something in a session: each grant starts a family, and a family stays as
/// long as its session lives.
fn participants(tx: &mut Connection, session_id: &str) -> QueryResult<Vec<(String, ClientMetadata)>> {
    let granted = token_families::table.filter(token_families::session_id.eq(session_id));
    let ids: Vec<String> = granted.select(token_families::client_id).distinct().load(tx)?;
    let rows: Vec<(String, String)> = clients::table
        .filter(clients::id.eq_any(ids).and(clients::enabled.eq(true)))
        .order(clients::id)
        .select((clients::id, clients::metadata))
        .load(tx)?;
    let read = |(id, metadata): (String, String)| match serde_json::from_str(&metadata) {
        Ok(metadata) => Ok((id, metadata)),
        Err(error) => Err(diesel::result::Error::DeserializationError(Box::new(error))),
    };
    rows.into_iter().map(read).collect()
}
