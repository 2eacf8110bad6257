//! Queries about one-time codes and links, which make them single-use.

use super::{LINK_LIFETIME, MOST_STRANGE_TRIES, MOST_TRIES, NewOneTime, OneTime, Purpose, Tried, Turn};
use crate::model::user;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, schema::one_time};
use diesel::QueryResult;
use diesel::prelude::*;
use subtle::ConstantTimeEq as _;

/// Keeps a new one beside those that wait already: whoever asked for it may be a stranger.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(tx: &mut Connection, new: &NewOneTime) -> QueryResult<()> {
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
            one_time::is_known.eq(new.is_known),
        ))
        .execute(tx)
        .map(drop)
}

/// Ends what waits for somebody: one that was used, a sign-in or a changed address makes it needless.
pub fn void(tx: &mut Connection, purpose: Purpose, subject: &str, now: Time) -> QueryResult<()> {
    let of_subject = one_time::table.filter(one_time::kind.eq(purpose.as_str()).and(one_time::subject.eq(subject)));
    let waiting = of_subject.filter(one_time::used_at.is_null());
    diesel::update(waiting).set(one_time::used_at.eq(Some(now.millis()))).execute(tx).map(drop)
}

/// Ends what must not count any more after `turn`, of everything that waits for a person.
pub fn void_after(tx: &mut Connection, person: &str, turn: Turn, now: Time) -> QueryResult<()> {
    user::store::hold(tx, person)?;
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

/// One that stands at the place where a code is typed.
#[derive(Queryable)]
struct Candidate {
    id: String,
    subject: String,
    binding: Option<String>,
    payload: String,
    code_hash: Option<String>,
    tries: i64,
    code_expires_at: i64,
    used_at: Option<i64>,
    is_known: bool,
}

impl Candidate {
    fn is_open(&self, tx: &mut Connection, purpose: Purpose, now: Time) -> QueryResult<bool> {
        let waits = self.used_at.is_none() && self.code_expires_at > now.millis() && self.tries <= MOST_TRIES;
        Ok(waits && (self.is_known || strange_tries(tx, purpose, &self.subject, now)? <= MOST_STRANGE_TRIES))
    }

    fn is(&self, typed: &TokenHash) -> bool {
        let hash = self.code_hash.as_ref().map(String::as_bytes);
        hash.is_some_and(|hash| bool::from(hash.ct_eq(typed.as_str().as_bytes())))
    }
}

/// Compares a typed code with those that wait at its place. A try is counted before it is judged, so that a thousand
/// at once are no more than a thousand in a row; the right code is no guess, and is not counted.
pub fn try_code(
    tx: &mut Connection,
    purpose: Purpose,
    binding: &str,
    typed: &TokenHash,
    now: Time,
) -> QueryResult<Tried> {
    let at_place = one_time::table.filter(one_time::binding.eq(binding).and(one_time::kind.eq(purpose.as_str())));
    // Counted whether it is open or not: the same work for one that ended, as for one that nobody was told of.
    diesel::update(at_place).set(one_time::tries.eq(one_time::tries + 1)).execute(tx)?;
    let candidates: Vec<Candidate> = at_place
        .order(one_time::id.desc())
        .select((
            one_time::id,
            one_time::subject,
            one_time::binding,
            one_time::payload,
            one_time::code_hash,
            one_time::tries,
            one_time::code_expires_at,
            one_time::used_at,
            one_time::is_known,
        ))
        .load(tx)?;
    let mut tried = Tried::Over;
    for candidate in candidates {
        match (candidate.is_open(tx, purpose, now)?, candidate.is(typed)) {
            (true, true) => {
                let row = one_time::table.find(&candidate.id);
                diesel::update(row).set(one_time::tries.eq(one_time::tries - 1)).execute(tx)?;
                let Candidate { id, subject, binding, payload, .. } = candidate;
                tried = Tried::Right(OneTime { id, subject, binding, payload });
            }
            (true, false) if tried == Tried::Over => tried = Tried::Wrong,
            (true, false) | (false, _) => {}
        }
    }
    Ok(tried)
}

/// The tries within an hour at what was asked for one account in browsers that it does not know.
fn strange_tries(tx: &mut Connection, purpose: Purpose, subject: &str, now: Time) -> QueryResult<i64> {
    let tries: Vec<i64> = one_time::table
        .filter(one_time::kind.eq(purpose.as_str()).and(one_time::subject.eq(subject)))
        .filter(one_time::is_known.eq(false).and(one_time::created_at.gt((now - LINK_LIFETIME).millis())))
        .select(one_time::tries)
        .load(tx)?;
    // What is tried further at one that is closed is no guess any more.
    Ok(tries.into_iter().map(|tries| tries.min(MOST_TRIES)).sum())
}

/// Uses it up, and ends others for the same purpose; false when it was already used or has expired.
pub fn spend(tx: &mut Connection, id: &str, now: Time) -> QueryResult<bool> {
    let row: Option<(String, Row)> = one_time::table
        .find(id)
        .select((one_time::kind, (one_time::id, one_time::subject, one_time::binding, one_time::payload)))
        .first(tx)
        .optional()?;
    let Some((kind, one)) = row.map(|(kind, row)| (kind, of(row))) else { return Ok(false) };
    line_up(tx, &one)?;
    let unused = one_time::table
        .filter(one_time::id.eq(id).and(one_time::used_at.is_null()).and(one_time::expires_at.gt(now.millis())));
    if diesel::update(unused).set(one_time::used_at.eq(Some(now.millis()))).execute(tx)? != 1 {
        return Ok(false);
    }
    for purpose in Purpose::from_stored(&kind).map(Purpose::ends).unwrap_or_default() {
        void(tx, *purpose, &one.subject, now)?;
    }
    Ok(true)
}

/// Whoever uses one of several ends the others. So that two who do that at once do not wait for each other's row (a
/// deadlock, which costs both more time than a request has), they wait here: for the person, and where there is no
/// person yet for the rows of the address, in one order. SQLite has one writer.
fn line_up(tx: &mut Connection, one: &OneTime) -> QueryResult<()> {
    user::store::hold(tx, &one.person())?;
    if let Connection::Postgres(tx) = tx {
        let beside = one_time::table.filter(one_time::subject.eq(&one.subject).and(one_time::used_at.is_null()));
        let held = beside.order(one_time::id).select(one_time::id).for_no_key_update();
        held.load::<String>(tx)?;
    }
    Ok(())
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
