//! Queries that end whatever may have ended already.

use super::{Ended, Keep, begins_anew};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::factor::totp;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;

/// What [`end_all`] would end.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn count(connection: &mut Connection, keep: Keep, now: Time) -> QueryResult<Ended> {
    let millis = now.millis();
    let unless = |kept: bool, number: QueryResult<i64>| if kept { Ok(0) } else { number };
    let open = sessions::table.filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(millis)));
    let live =
        token_families::table.filter(token_families::revoked_at.is_null().and(token_families::expires_at.gt(millis)));
    let pending = one_time::table.filter(one_time::used_at.is_null().and(one_time::expires_at.gt(millis)));
    let codes = recovery_codes::table.filter(recovery_codes::used_at.is_null());
    let initial = initial_access_tokens::table.filter(initial_access_tokens::revoked_at.is_null());
    let registered = clients::table.filter(clients::registration_token_hash.is_not_null());
    Ok(Ended {
        people: people::table.count().get_result(connection)?,
        sessions: open.count().get_result(connection)?,
        token_families: live.count().get_result(connection)?,
        one_time_codes: pending.count().get_result(connection)?,
        recovery_codes: unless(keep.recovery_codes, codes.count().get_result(connection))?,
        consents: unless(keep.consents, consents::table.count().get_result(connection))?,
        initial_access_tokens: unless(keep.registrations, initial.count().get_result(connection))?,
        registration_access_tokens: unless(keep.registrations, registered.count().get_result(connection))?,
    })
}

/// When the newest event happened that this database knows of: what was decided after it is forgotten.
pub fn newest_event(connection: &mut Connection) -> QueryResult<Option<Time>> {
    let newest: Option<i64> =
        events::table.order(events::sequence.desc()).select(events::at).first(connection).optional()?;
    Ok(newest.map(Time::from_millis))
}

/// Ends it all, in one transaction and with one event.
pub fn end_all(tx: &mut Connection, actor: &Actor, keep: Keep, now: Time) -> QueryResult<Ended> {
    let ended = count(tx, keep, now)?;
    raise_epochs(tx, now)?;
    end_sessions_and_families(tx, now)?;
    end_codes(tx, keep, now)?;
    if !keep.consents {
        diesel::delete(consents::table).execute(tx)?;
    }
    if !keep.registrations {
        end_registrations(tx, now)?;
    }
    event::store::record(
        tx,
        &Event::by(actor.clone(), EventKind::StoreRecovered).detail(serde_json::json!(ended)),
        now,
    )?;
    Ok(ended)
}

/// To a number that none of them can have had: the present second, or one more where it is higher already. So do the
/// versions of people, lest an `If-Match` of before fits, and the change counters, lest a server that went on through
/// it all takes what it cached for fresh.
fn raise_epochs(tx: &mut Connection, now: Time) -> QueryResult<()> {
    let least = begins_anew(now);
    // Those beyond it first: afterwards all are.
    diesel::update(people::table.filter(people::epoch.ge(least)))
        .set(people::epoch.eq(people::epoch + 1))
        .execute(tx)?;
    diesel::update(people::table.filter(people::epoch.lt(least))).set(people::epoch.eq(least)).execute(tx)?;
    diesel::update(people::table.filter(people::version.ge(least)))
        .set(people::version.eq(people::version + 1))
        .execute(tx)?;
    diesel::update(people::table.filter(people::version.lt(least))).set(people::version.eq(least)).execute(tx)?;
    diesel::update(changes::table.filter(changes::counter.ge(least)))
        .set(changes::counter.eq(changes::counter + 1))
        .execute(tx)?;
    diesel::update(changes::table.filter(changes::counter.lt(least))).set(changes::counter.eq(least)).execute(tx)?;
    Ok(())
}

/// Their epoch is over already; here it is written down too, for whoever lists them. Applications are not told: their
/// own sessions are none of what the database forgot, and their next refresh is refused.
fn end_sessions_and_families(tx: &mut Connection, now: Time) -> QueryResult<()> {
    let (millis, reason) = (Some(now.millis()), Some(EndReason::Recovery.as_str()));
    diesel::update(sessions::table.filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(millis), sessions::end_reason.eq(reason)))
        .execute(tx)?;
    diesel::update(token_families::table.filter(token_families::revoked_at.is_null()))
        .set((token_families::revoked_at.eq(millis), token_families::revoke_reason.eq(reason)))
        .execute(tx)
        .map(drop)
}

/// Which of them were used since, nobody can tell. The codes of an authenticator app count from the next on.
fn end_codes(tx: &mut Connection, keep: Keep, now: Time) -> QueryResult<()> {
    let millis = Some(now.millis());
    diesel::update(one_time::table.filter(one_time::used_at.is_null()))
        .set(one_time::used_at.eq(millis))
        .execute(tx)?;
    let step = totp::newest_step(now);
    diesel::update(authenticators::table.filter(authenticators::last_step.lt(step)))
        .set(authenticators::last_step.eq(step))
        .execute(tx)?;
    if !keep.recovery_codes {
        diesel::update(recovery_codes::table.filter(recovery_codes::used_at.is_null()))
            .set(recovery_codes::used_at.eq(millis))
            .execute(tx)?;
    }
    Ok(())
}

fn end_registrations(tx: &mut Connection, now: Time) -> QueryResult<()> {
    diesel::update(initial_access_tokens::table.filter(initial_access_tokens::revoked_at.is_null()))
        .set(initial_access_tokens::revoked_at.eq(Some(now.millis())))
        .execute(tx)?;
    diesel::update(clients::table.filter(clients::registration_token_hash.is_not_null()))
        .set(clients::registration_token_hash.eq(None::<String>))
        .execute(tx)
        .map(drop)
}
