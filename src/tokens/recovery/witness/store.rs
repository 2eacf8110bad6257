//! Queries of both sides of a testimony.

use super::{TakenOver, Testimony, Unheard};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::key::KeyState;
use crate::model::user::UserStatus;
use crate::model::{client, credential, key, user};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;

/// What the witness knows of the time after `since`, the newest event of the database that serves now.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn hear(witness: &mut Connection, since: Option<Time>) -> QueryResult<Testimony> {
    let refused: Vec<(String, String, Option<i64>)> = people::table
        .filter(people::status.ne(UserStatus::Active.as_str()))
        .select((people::id, people::status, people::delete_at))
        .load(witness)?;
    // A word of a later version is a refusal too, of which there is a way back.
    let status = |word: &str| match word {
        "deleted" => UserStatus::Deleted,
        "leaving" => UserStatus::Leaving,
        _ => UserStatus::Disabled,
    };
    let people = refused.into_iter().map(|(id, word, at)| (id, status(&word), at.map(Time::from_millis)));
    let (people, since) = (people.collect(), since.map_or(0, Time::millis));
    Ok(Testimony {
        pepper_made_at: pepper_made_at(witness)?,
        newest_event: newest_event(witness)?,
        people,
        clients: clients::table.select((clients::id, clients::enabled)).load(witness)?,
        revoked_keys: signing_keys::table
            .filter(signing_keys::state.eq(KeyState::Revoked.as_str()))
            .select(signing_keys::kid)
            .load(witness)?,
        passwords: credentials::table
            .filter(credentials::kind.eq("password").and(credentials::updated_at.gt(since)))
            .select((credentials::id, credentials::person_id, credentials::data))
            .load(witness)?,
    })
}

fn pepper_made_at(connection: &mut Connection) -> QueryResult<Option<i64>> {
    server_secrets::table.find(key::first::PEPPER).select(server_secrets::created_at).first(connection).optional()
}

fn newest_event(connection: &mut Connection) -> QueryResult<Option<i64>> {
    events::table.order(events::sequence.desc()).select(events::at).first(connection).optional()
}

/// Whether a testimony is of this provider, and of no earlier time.
pub fn judge(connection: &mut Connection, testimony: &Testimony) -> QueryResult<Result<(), Unheard>> {
    if testimony.pepper_made_at.is_none() || testimony.pepper_made_at != pepper_made_at(connection)? {
        return Ok(Err(Unheard::Foreign));
    }
    Ok(if testimony.newest_event < newest_event(connection)? { Err(Unheard::Older) } else { Ok(()) })
}

/// Refuses what the witness refused.
pub fn take_over(tx: &mut Connection, actor: &Actor, testimony: &Testimony, now: Time) -> QueryResult<TakenOver> {
    let mut news = TakenOver::default();
    for (id, status, delete_at) in &testimony.people {
        news.people = news.people.saturating_add(usize::from(refuse(tx, actor, (id, *status, *delete_at), now)?));
    }
    let enabled: Vec<String> = clients::table.filter(clients::enabled.eq(true)).select(clients::id).load(tx)?;
    for id in enabled.iter().filter(|id| !testimony.clients.iter().any(|(known, on)| known == *id && *on)) {
        client::store::set_enabled(tx, id, false, now)?;
        event::store::record(tx, &Event::by(actor.clone(), EventKind::ClientDisabled).client(id), now)?;
        news.applications = news.applications.saturating_add(1);
    }
    for kid in &testimony.revoked_keys {
        news.keys = news.keys.saturating_add(usize::from(key::store::revoke(tx, kid, now)?));
    }
    for (id, person, hash) in &testimony.passwords {
        let theirs = user::store::find(tx, person)?;
        let ours = credential::store::find_password(tx, person)?;
        if theirs.is_some() && ours.is_none_or(|ours| ours.phc != *hash) {
            credential::store::set_password(tx, id, person, hash, now)?;
            news.passwords = news.passwords.saturating_add(1);
        }
    }
    Ok(news)
}

fn refuse(
    tx: &mut Connection,
    actor: &Actor,
    (id, status, delete_at): (&str, UserStatus, Option<Time>),
    now: Time,
) -> QueryResult<bool> {
    let Some(person) = user::store::find(tx, id)?.filter(|person| person.status != status) else { return Ok(false) };
    match (status, delete_at) {
        (UserStatus::Deleted, _) => drop(user::store::bury(tx, &person.id, now)?),
        (UserStatus::Leaving, Some(at)) => drop(user::store::leave(tx, &person.id, at, now)?),
        _ => drop(user::store::set_status(tx, &person.id, status, now)?),
    }
    event::store::record(tx, &Event::by(actor.clone(), EventKind::UserDisabled).person(&person.id), now)?;
    Ok(true)
}
