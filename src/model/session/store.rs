//! Queries about sessions: the record that decides.

use super::BrowserSession;
use crate::model::consent::{self, Consent};
use crate::model::end_reason::EndReason;
use crate::model::user::{User, store::UserRow};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, delete_batch, schema::*};
use diesel::QueryResult;
use diesel::prelude::*;
use std::time::Duration;

/// What a new session records beside the person and the proofs.
#[derive(Clone, Debug)]
pub struct Device {
    /// The User-Agent header, bounded.
    pub user_agent: String,
    /// The address prefix, for display only.
    pub network: String,
}

/// Starts a session.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(
    tx: &mut Connection,
    session: &BrowserSession,
    epoch: i64,
    device: &Device,
    now: Time,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(&session.id),
            sessions::person_id.eq(&session.person_id),
            sessions::person_epoch.eq(epoch),
            sessions::authentications.eq(serde_json::json!(session.authentications).to_string()),
            sessions::user_agent.eq(&device.user_agent),
            sessions::network.eq(&device.network),
            sessions::created_at.eq(now.millis()),
            sessions::expires_at.eq(session.expires_at.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Whether somebody who has signed in before does so with a browser that none of their sessions knows.
pub fn is_new_device(tx: &mut Connection, person: &str, user_agent: &str) -> QueryResult<bool> {
    let theirs = || sessions::table.filter(sessions::person_id.eq(person));
    let known = theirs().filter(sessions::user_agent.eq(user_agent));
    let has_any: bool = diesel::select(diesel::dsl::exists(theirs())).get_result(tx)?;
    Ok(has_any && !diesel::select(diesel::dsl::exists(known)).get_result::<bool>(tx)?)
}

/// The person of a session that has not ended, if the person may still use it.
pub fn find_live(tx: &mut Connection, id: &str, now: Time) -> QueryResult<Option<User>> {
    let row: Option<(i64, UserRow)> = sessions::table
        .inner_join(people::table)
        .filter(sessions::id.eq(id).and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now.millis())))
        .select((sessions::person_epoch, UserRow::as_select()))
        .first(tx)
        .optional()?;
    let found = row.map(|(epoch, user)| (epoch, User::from(user)));
    Ok(found.filter(|(epoch, user)| is_usable(*epoch, user)).map(|(_, user)| user))
}

/// The same, with what the person allowed a client before.
pub fn find_live_for(
    tx: &mut Connection,
    id: &str,
    client: &str,
    now: Time,
) -> QueryResult<Option<(User, Option<Consent>)>> {
    let theirs = consents::table.on(consents::person_id.eq(people::id).and(consents::client_id.eq(client)));
    let row: Option<(i64, UserRow, Option<consent::store::Row>)> = sessions::table
        .inner_join(people::table)
        .left_join(theirs)
        .filter(sessions::id.eq(id).and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now.millis())))
        .select((
            sessions::person_epoch,
            UserRow::as_select(),
            (consents::scope, consents::resources, consents::claims).nullable(),
        ))
        .first(tx)
        .optional()?;
    let found = row.map(|(epoch, user, consent)| (epoch, User::from(user), consent));
    let usable = found.filter(|(epoch, user, _)| is_usable(*epoch, user));
    Ok(usable.map(|(_, user, consent)| (user, consent.map(consent::store::consent))))
}

fn is_usable(epoch: i64, user: &User) -> bool {
    user.is_active() && user.epoch == epoch
}

/// Ends a session; false when it had ended before. For `tokens::ending`, which knows what ends with it.
pub fn end(tx: &mut Connection, id: &str, reason: EndReason, now: Time) -> QueryResult<bool> {
    let live = sessions::table.filter(sessions::id.eq(id).and(sessions::ended_at.is_null()));
    let ended = diesel::update(live)
        .set((sessions::ended_at.eq(Some(now.millis())), sessions::end_reason.eq(Some(reason.as_str()))))
        .execute(tx)?;
    Ok(ended == 1)
}

/// A session for a list.
#[derive(Queryable, Debug)]
pub struct Listed {
    pub id: String,
    /// When it started, in milliseconds.
    pub created_at: i64,
    /// When it expires, in milliseconds.
    pub expires_at: i64,
    pub user_agent: String,
    pub network: String,
}

/// A person's sessions that have not ended, newest first.
pub fn list(tx: &mut Connection, person: &str, now: Time) -> QueryResult<Vec<Listed>> {
    sessions::table
        .filter(
            sessions::person_id.eq(person).and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now.millis())),
        )
        .order(sessions::created_at.desc())
        .select((sessions::id, sessions::created_at, sessions::expires_at, sessions::user_agent, sessions::network))
        .load(tx)
}

/// The sessions of a person beyond the newest `most`, of those that have not ended; at most 1,000 of them.
pub fn beyond(tx: &mut Connection, person: &str, most: u32, now: Time) -> QueryResult<Vec<String>> {
    let live = sessions::ended_at.is_null().and(sessions::expires_at.gt(now.millis()));
    sessions::table
        .filter(sessions::person_id.eq(person).and(live))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .offset(i64::from(most))
        .limit(1_000)
        .select(sessions::id)
        .load(tx)
}

/// A session that began, whether or not it ended.
#[derive(Queryable, Debug)]
pub struct Recent {
    pub id: String,
    /// When it started, in milliseconds.
    pub created_at: i64,
    pub user_agent: String,
    pub network: String,
}

/// A person's latest sessions, newest first.
pub fn recent(tx: &mut Connection, person: &str, limit: i64) -> QueryResult<Vec<Recent>> {
    sessions::table
        .filter(sessions::person_id.eq(person))
        .order(sessions::created_at.desc())
        .limit(limit)
        .select((sessions::id, sessions::created_at, sessions::user_agent, sessions::network))
        .load(tx)
}

/// Keeps a session from ending until this transaction is over. SQLite has one writer, and nothing to hold.
pub fn hold(tx: &mut Connection, id: &str) -> QueryResult<()> {
    if let Connection::Postgres(tx) = tx {
        let held = sessions::table.find(id).select(sessions::id).for_share();
        held.first::<String>(tx).optional()?;
    }
    Ok(())
}

/// The person who may still authorize: active, in a session of the present epoch that has not ended, for a client that
/// is enabled. One query, asked in the transaction that spends something.
pub fn find_authorizing(
    tx: &mut Connection,
    (session, allowed_at): (&str, Time),
    person: &str,
    client: &str,
) -> QueryResult<Option<User>> {
    let row: Option<UserRow> = sessions::table
        .inner_join(people::table)
        .filter(sessions::id.eq(session).and(sessions::person_id.eq(person)).and(sessions::ended_at.is_null()))
        .filter(sessions::person_epoch.eq(people::epoch))
        .filter(sessions::withdrawn_at.is_null().or(sessions::withdrawn_at.le(allowed_at.millis())))
        .filter(diesel::dsl::exists(clients::table.filter(clients::id.eq(client).and(clients::enabled.eq(true)))))
        .select(UserRow::as_select())
        .first(tx)
        .optional()?;
    Ok(row.map(User::from).filter(User::is_active))
}

/// Notes that a person withdrew a consent. Which is not told apart: codes live for a minute, and an application whose code
/// is refused asks again.
pub fn withdraw(tx: &mut Connection, person: &str, now: Time) -> QueryResult<()> {
    let live = sessions::table.filter(sessions::person_id.eq(person).and(sessions::ended_at.is_null()));
    diesel::update(live).set(sessions::withdrawn_at.eq(Some(now.millis()))).execute(tx).map(drop)
}

/// Records a fresh proof in a session that goes on; false when it ended or the person's epoch was raised.
pub fn authenticate_again(tx: &mut Connection, session: &BrowserSession, epoch: i64) -> QueryResult<bool> {
    let live = sessions::table
        .filter(sessions::id.eq(&session.id).and(sessions::ended_at.is_null()).and(sessions::person_epoch.eq(epoch)));
    let updated = diesel::update(live)
        .set(sessions::authentications.eq(serde_json::json!(session.authentications).to_string()))
        .execute(tx)?;
    Ok(updated == 1)
}

/// How long a session that is over stays in its owner's copy of their data.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Deletes sessions whose life was over long ago, at most `limit`; returns how many. One that ended earlier stays until
/// its life would have been over: by then nothing that was bound to it is left either.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, sessions by id: String, sessions::expires_at.lt((now - KEPT).millis()), limit)
}
