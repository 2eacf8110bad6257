//! Queries about one-time codes and links: what is used once is decided here.

use super::{MOST_TRIES, NewOneTime, OneTime, Purpose, Tried, Turn};
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, schema::one_time};
use diesel::QueryResult;
use diesel::prelude::*;
use subtle::ConstantTimeEq as _;

/// Keeps a new one; those before it for the same end there (ASVS 6.4.3). Undos stand side by side: a later change does
/// not end the way back from an earlier one.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub fn insert(tx: &mut Connection, new: &NewOneTime) -> QueryResult<()> {
    if new.purpose != Purpose::Undo {
        void(tx, new.purpose, &new.subject, new.created_at)?;
    }
    diesel::insert_into(one_time::table)
        .values((
            one_time::id.eq(&new.id),
            one_time::kind.eq(new.purpose.as_str()),
            one_time::subject.eq(&new.subject),
            one_time::link_hash.eq(new.link_hash.as_str()),
            one_time::code_hash.eq(new.code_hash.as_ref().map(TokenHash::as_str)),
            one_time::binding.eq(new.binding.as_deref()),
            one_time::payload.eq(&new.payload),
            one_time::tries.eq(0),
            one_time::created_at.eq(new.created_at.millis()),
            one_time::code_expires_at.eq(new.code_expires_at.millis()),
            one_time::expires_at.eq(new.expires_at.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Ends what waits for somebody: a newer one, a sign-in or a changed address makes it needless.
pub fn void(tx: &mut Connection, purpose: Purpose, subject: &str, now: Time) -> QueryResult<()> {
    let waiting = one_time::table.filter(
        one_time::kind.eq(purpose.as_str()).and(one_time::subject.eq(subject)).and(one_time::used_at.is_null()),
    );
    diesel::update(waiting).set(one_time::used_at.eq(Some(now.millis()))).execute(tx).map(drop)
}

/// Ends what must not count any more after `turn`, of everything that waits for a person.
pub fn void_after(tx: &mut Connection, person: &str, turn: Turn, now: Time) -> QueryResult<()> {
    let ended = Purpose::OF_PERSON.into_iter().filter(|purpose| !purpose.survives(turn));
    let kinds: Vec<&str> = ended.map(Purpose::as_str).collect();
    let waiting = one_time::table
        .filter(one_time::subject.eq(person).or(one_time::payload.like(named(person))))
        .filter(one_time::kind.eq_any(kinds).and(one_time::used_at.is_null()));
    diesel::update(waiting).set(one_time::used_at.eq(Some(now.millis()))).execute(tx).map(drop)
}

/// What of one purpose waits for a person.
pub fn waiting(tx: &mut Connection, purpose: Purpose, person: &str, now: Time) -> QueryResult<Vec<OneTime>> {
    let rows: Vec<Row> = one_time::table
        .filter(one_time::subject.eq(person).or(one_time::payload.like(named(person))))
        .filter(one_time::kind.eq(purpose.as_str()))
        .filter(one_time::used_at.is_null().and(one_time::expires_at.gt(now.millis())))
        .select((one_time::id, one_time::subject, one_time::binding, one_time::payload))
        .load(tx)?;
    Ok(rows.into_iter().map(of).collect())
}

type Row = (String, String, Option<String>, String);

fn of((id, subject, binding, payload): Row) -> OneTime {
    OneTime { id, subject, binding, payload }
}

/// What a link stands for, while it can be used.
pub fn find_by_link(
    connection: &mut Connection,
    purpose: Purpose,
    link: &TokenHash,
    now: Time,
) -> QueryResult<Option<OneTime>> {
    let row: Option<Row> = one_time::table
        .filter(one_time::link_hash.eq(link.as_str()).and(one_time::kind.eq(purpose.as_str())))
        .filter(one_time::used_at.is_null().and(one_time::expires_at.gt(now.millis())))
        .select((one_time::id, one_time::subject, one_time::binding, one_time::payload))
        .first(connection)
        .optional()?;
    Ok(row.map(of))
}

/// Compares a typed code with the one that waits at its place. A try is counted before it is judged, so that a
/// thousand at once are no more than a thousand in a row.
pub fn try_code(
    tx: &mut Connection,
    purpose: Purpose,
    binding: &str,
    typed: &TokenHash,
    now: Time,
) -> QueryResult<Tried> {
    let newest: Option<String> = one_time::table
        .filter(one_time::binding.eq(binding).and(one_time::kind.eq(purpose.as_str())))
        .order((one_time::used_at.is_null().desc(), one_time::id.desc()))
        .select(one_time::id)
        .first(tx)
        .optional()?;
    let Some(id) = newest else { return Ok(Tried::Over) };
    // Counted whether it is open or not: the same work for one that ended, as for one that nobody was told of.
    diesel::update(one_time::table.find(&id)).set(one_time::tries.eq(one_time::tries + 1)).execute(tx)?;
    type Found = (Row, Option<String>, i64, i64, Option<i64>);
    let (row, hash, tries, ends, used): Found = one_time::table
        .find(&id)
        .select((
            (one_time::id, one_time::subject, one_time::binding, one_time::payload),
            one_time::code_hash,
            one_time::tries,
            one_time::code_expires_at,
            one_time::used_at,
        ))
        .first(tx)?;
    let is_right = hash.is_some_and(|hash| bool::from(hash.as_bytes().ct_eq(typed.as_str().as_bytes())));
    if used.is_some() || ends <= now.millis() || tries > MOST_TRIES {
        return Ok(Tried::Over);
    }
    Ok(if is_right { Tried::Right(of(row)) } else { Tried::Wrong })
}

/// Uses it up, and ends what waits beside it for the same; false when somebody else did, or its time is over.
pub fn spend(tx: &mut Connection, id: &str, now: Time) -> QueryResult<bool> {
    let unused = one_time::table
        .filter(one_time::id.eq(id).and(one_time::used_at.is_null()).and(one_time::expires_at.gt(now.millis())));
    if diesel::update(unused).set(one_time::used_at.eq(Some(now.millis()))).execute(tx)? != 1 {
        return Ok(false);
    }
    let (kind, subject): (String, String) =
        one_time::table.find(id).select((one_time::kind, one_time::subject)).first(tx)?;
    for purpose in Purpose::from_stored(&kind).map(Purpose::ends).unwrap_or_default() {
        void(tx, *purpose, &subject, now)?;
    }
    Ok(true)
}

/// What waits for a person: what it is for, since when and until when, in milliseconds. Those that name the person only
/// in what is remembered beside them are found too.
pub fn list_waiting(connection: &mut Connection, person: &str, now: Time) -> QueryResult<Vec<(String, i64, i64)>> {
    one_time::table
        .filter(one_time::subject.eq(person).or(one_time::payload.like(named(person))))
        .filter(one_time::used_at.is_null().and(one_time::expires_at.gt(now.millis())))
        .order(one_time::created_at)
        .select((one_time::kind, one_time::created_at, one_time::expires_at))
        .load(connection)
}

/// Deletes what is for a person, used or not: nobody may come back by it, and it holds addresses.
pub fn forget_all(tx: &mut Connection, person: &str) -> QueryResult<()> {
    let theirs = one_time::table.filter(one_time::subject.eq(person).or(one_time::payload.like(named(person))));
    diesel::delete(theirs).execute(tx).map(drop)
}

/// The person, as payloads name them; ids are made of hexadecimal digits and dashes.
fn named(person: &str) -> String {
    format!("%\"person_id\":\"{person}\"%")
}

/// Deletes what ended before `before`, at most `limit` of them.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    let ids: Vec<String> =
        one_time::table.filter(one_time::expires_at.lt(before.millis())).select(one_time::id).limit(limit).load(tx)?;
    diesel::delete(one_time::table.filter(one_time::id.eq_any(ids))).execute(tx)
}
