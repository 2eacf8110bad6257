//! Queries about known browsers.

use super::{KNOWN_FOR, KnownDevice};
use crate::model::session::store::Device;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, delete_batch, insert_once, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;

/// A person in the browser with this cookie.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(
    connection: &mut Connection,
    hash: &TokenHash,
    person: &str,
    now: Time,
) -> QueryResult<Option<KnownDevice>> {
    let row: Option<(String, i64, Option<i64>)> = known_devices::table
        .filter(known_devices::hash.eq(hash.as_str()).and(known_devices::person_id.eq(person)))
        .filter(known_devices::seen_at.gt((now - KNOWN_FOR).millis()))
        .select((known_devices::id, known_devices::person_epoch, known_devices::remembered_until))
        .first(connection)
        .optional()?;
    Ok(row.map(|(id, person_epoch, until)| KnownDevice {
        id,
        person_epoch,
        remembered_until: until.map(Time::from_millis),
    }))
}

/// Whether a person has signed in in this network lately.
pub fn knows_network(connection: &mut Connection, person: &str, network: &str, now: Time) -> QueryResult<bool> {
    let theirs = known_devices::table
        .filter(known_devices::person_id.eq(person).and(known_devices::network.eq(network)))
        .filter(known_devices::seen_at.gt((now - KNOWN_FOR).millis()));
    diesel::select(diesel::dsl::exists(theirs)).get_result(connection)
}

/// A person who signed in in a browser.
pub struct Seen<'a> {
    /// Of the row, where it is new.
    pub id: &'a str,
    pub hash: &'a TokenHash,
    pub person_id: &'a str,
    pub person_epoch: i64,
    pub device: &'a Device,
    /// Until when the second factor need not be proven; `None` leaves it as it was.
    pub remembered_until: Option<Time>,
}

/// Replaces the cookie of a browser: copies of the old one become useless.
pub fn rotate(tx: &mut Connection, old: &TokenHash, new: &TokenHash) -> QueryResult<()> {
    diesel::update(known_devices::table.filter(known_devices::hash.eq(old.as_str())))
        .set(known_devices::hash.eq(new.as_str()))
        .execute(tx)
        .map(drop)
}

/// Writes down that a person signed in in a browser.
pub fn see(tx: &mut Connection, seen: &Seen<'_>, now: Time) -> QueryResult<()> {
    let inserted = insert_once!(
        tx,
        diesel::insert_into(known_devices::table).values((
            known_devices::id.eq(seen.id),
            known_devices::hash.eq(seen.hash.as_str()),
            known_devices::person_id.eq(seen.person_id),
            known_devices::person_epoch.eq(seen.person_epoch),
            known_devices::user_agent.eq(&seen.device.user_agent),
            known_devices::network.eq(&seen.device.network),
            known_devices::remembered_until.eq(seen.remembered_until.map(Time::millis)),
            known_devices::created_at.eq(now.millis()),
            known_devices::seen_at.eq(now.millis()),
        ))
    )?;
    if inserted {
        return Ok(());
    }
    let row = known_devices::table
        .filter(known_devices::hash.eq(seen.hash.as_str()).and(known_devices::person_id.eq(seen.person_id)));
    diesel::update(row)
        .set((
            known_devices::user_agent.eq(&seen.device.user_agent),
            known_devices::network.eq(&seen.device.network),
            known_devices::seen_at.eq(now.millis()),
        ))
        .execute(tx)?;
    if let Some(until) = seen.remembered_until {
        diesel::update(row)
            .set((
                known_devices::remembered_until.eq(Some(until.millis())),
                known_devices::person_epoch.eq(seen.person_epoch),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// A remembered browser for a list.
#[derive(Queryable, Debug)]
pub struct Remembered {
    pub id: String,
    pub user_agent: String,
    pub network: String,
    /// Until when, in milliseconds.
    pub remembered_until: Option<i64>,
}

/// The browsers in which a person need not prove the second factor, the one seen last first.
pub fn list_remembered(connection: &mut Connection, person: &str, now: Time) -> QueryResult<Vec<Remembered>> {
    known_devices::table
        .filter(known_devices::person_id.eq(person).and(known_devices::remembered_until.gt(now.millis())))
        .order(known_devices::seen_at.desc())
        .select((known_devices::id, known_devices::user_agent, known_devices::network, known_devices::remembered_until))
        .load(connection)
}

/// A browser in which a person is known.
#[derive(Queryable, Debug)]
pub struct Known {
    pub user_agent: String,
    pub network: String,
    /// Until when the second factor is not asked for, in milliseconds.
    pub remembered_until: Option<i64>,
    /// When the person first signed in there, in milliseconds.
    pub created_at: i64,
    pub seen_at: i64,
}

/// Every browser in which a person is known, oldest first.
pub fn list(connection: &mut Connection, person: &str) -> QueryResult<Vec<Known>> {
    known_devices::table
        .filter(known_devices::person_id.eq(person))
        .order(known_devices::created_at)
        .select((
            known_devices::user_agent,
            known_devices::network,
            known_devices::remembered_until,
            known_devices::created_at,
            known_devices::seen_at,
        ))
        .load(connection)
}

/// Asks for the second factor again in one browser of a person; false when it was not remembered.
pub fn stop_remembering_one(tx: &mut Connection, person: &str, id: &str) -> QueryResult<bool> {
    let row = known_devices::table.filter(known_devices::person_id.eq(person).and(known_devices::id.eq(id)));
    diesel::update(row.filter(known_devices::remembered_until.is_not_null()))
        .set(known_devices::remembered_until.eq(None::<i64>))
        .execute(tx)
        .map(|stopped| stopped == 1)
}

/// Forgets every remembered browser of a person, because the protected credentials have changed.
pub fn stop_remembering(tx: &mut Connection, person: &str) -> QueryResult<()> {
    diesel::update(known_devices::table.filter(known_devices::person_id.eq(person)))
        .set(known_devices::remembered_until.eq(None::<i64>))
        .execute(tx)
        .map(drop)
}

/// Forgets every browser of a person.
pub fn forget_all(tx: &mut Connection, person: &str) -> QueryResult<()> {
    diesel::delete(known_devices::table.filter(known_devices::person_id.eq(person))).execute(tx).map(drop)
}

/// Forgets browsers that were not seen for so long, at most `limit`; returns how many.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, known_devices by id: String, known_devices::seen_at.le((now - KNOWN_FOR).millis()), limit)
}
