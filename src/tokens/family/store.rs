//! Queries about token families.

use super::{Authorized, Family, NewFamily, PresentedRefreshToken, Standing, at_once, standing};
use crate::model::end_reason::EndReason;
use crate::model::session;
use crate::model::subject::{self, Naming};
use crate::model::user::{User, store::UserRow};
use crate::platform::clock::Time;
use crate::platform::crypto::Pepper;
use crate::platform::db::{Connection, schema::*};
use crate::protocol::confirmation::Binding;
use crate::protocol::error::OAuthError;
use diesel::QueryResult;
use diesel::prelude::*;
use std::time::Duration;

#[derive(Queryable, Selectable)]
#[diesel(table_name = token_families)]
pub(super) struct FamilyRow {
    id: String,
    client_id: String,
    person_id: String,
    person_epoch: i64,
    session_id: Option<String>,
    authorization_data: String,
    offline: bool,
    secret: String,
    generation: i64,
    rotated_at: i64,
    idle_until: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    binding: Option<String>,
}

pub(super) fn family(row: FamilyRow) -> QueryResult<Family> {
    let (authorized, binding) = (authorized(&row.authorization_data)?, binding(row.binding.as_deref())?);
    Ok(Family {
        id: row.id,
        client_id: row.client_id,
        person_id: row.person_id,
        person_epoch: row.person_epoch,
        session_id: row.session_id,
        offline: row.offline,
        authorized,
        secret: row.secret,
        generation: row.generation,
        rotated_at: Time::from_millis(row.rotated_at),
        idle_until: Time::from_millis(row.idle_until),
        expires_at: Time::from_millis(row.expires_at),
        revoked: row.revoked_at.is_some(),
        binding,
    })
}

/// Reads what was authorized.
pub(in crate::tokens) fn authorized(data: &str) -> QueryResult<Authorized> {
    serde_json::from_str(data).map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}

/// One that cannot be read is a failure, never a bearer token.
pub(in crate::tokens) fn binding(data: Option<&str>) -> QueryResult<Option<Binding>> {
    let read = data.map(serde_json::from_str).transpose();
    read.map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}

/// Starts a family.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn insert(tx: &mut Connection, family: &Family) -> QueryResult<()> {
    diesel::insert_into(token_families::table)
        .values((
            token_families::id.eq(&family.id),
            token_families::client_id.eq(&family.client_id),
            token_families::person_id.eq(&family.person_id),
            token_families::person_epoch.eq(family.person_epoch),
            token_families::session_id.eq(family.session_id.as_deref()),
            token_families::authorization_data.eq(serde_json::json!(family.authorized).to_string()),
            token_families::offline.eq(family.offline),
            token_families::secret.eq(&family.secret),
            token_families::generation.eq(family.generation),
            token_families::rotated_at.eq(family.rotated_at.millis()),
            token_families::idle_until.eq(family.idle_until.millis()),
            token_families::created_at.eq(family.rotated_at.millis()),
            token_families::expires_at.eq(family.expires_at.millis()),
            token_families::binding.eq(family.binding.as_ref().map(|binding| serde_json::json!(binding).to_string())),
        ))
        .execute(tx)
        .map(drop)
}

/// Proof that a family began for a person who may authorize. Only [`begin`] makes one.
#[derive(Debug)]
pub struct Begun {
    pub(in crate::tokens) family: Family,
    pub(in crate::tokens) user: User,
    pub(in crate::tokens) sub: String,
}

/// Starts a family, if its person, its session and its client may still be used, and no consent was withdrawn since the
/// person allowed it.
pub fn begin(
    tx: &mut Connection,
    new: NewFamily,
    naming: &Naming,
    (allowed_at, now): (Time, Time),
) -> QueryResult<Option<Begun>> {
    session::store::hold(tx, &new.session_id)?;
    let found = session::store::find_authorizing(tx, (&new.session_id, allowed_at), &new.person_id, &new.client_id)?;
    let Some(user) = found else { return Ok(None) };
    let family = new.start(user.epoch);
    insert(tx, &family)?;
    Begun::of(tx, family, user, naming, now).map(Some)
}

impl Begun {
    /// Of a family that was inserted in this transaction, for this person.
    pub(in crate::tokens) fn of(
        tx: &mut Connection,
        family: Family,
        user: User,
        naming: &Naming,
        now: Time,
    ) -> QueryResult<Self> {
        let sub = subject::store::name(tx, &user, naming, now)?;
        Ok(Self { family, user, sub })
    }
}

/// A family and its person.
pub fn find(tx: &mut Connection, id: &str) -> QueryResult<Option<(Family, User)>> {
    let row: Option<(FamilyRow, UserRow)> = token_families::table
        .inner_join(people::table)
        .filter(token_families::id.eq(id))
        .select((FamilyRow::as_select(), UserRow::as_select()))
        .first(tx)
        .optional()?;
    row.map(|(row, user)| Ok((family(row)?, user.into()))).transpose()
}

/// The result of using a refresh token.
#[derive(Debug)]
pub enum Rotation<J> {
    /// The family stands at a new generation, or inside the grace at the one that another use made.
    Rotated(Box<Rotated>, J),
    /// An old token was used again: the family was ended in this transaction.
    Reused {
        /// The family that ended.
        family_id: String,
    },
    /// The request goes beyond what was granted: nothing was spent.
    Refused(OAuthError),
    /// Not a token of a living family of this client.
    Invalid(&'static str),
}

/// Proof that a refresh token was used as it should be. Only [`rotate`] makes one.
#[derive(Debug)]
pub struct Rotated {
    pub(in crate::tokens) family: Family,
    pub(in crate::tokens) user: User,
    pub(in crate::tokens) sub: String,
}

/// A use of a refresh token.
#[derive(Clone)]
pub struct Use {
    /// Proves that we made it.
    pub pepper: Pepper,
    pub presented: PresentedRefreshToken,
    pub client_id: String,
    /// How that client names people.
    pub naming: Naming,
    /// How long the token before is answered with the newest again.
    pub grace: Duration,
    /// How long a token that is not used lives.
    pub idle: Duration,
    pub now: Time,
}

/// Uses a refresh token: one conditional update, so that one of any number of concurrent uses wins. `judge` looks at
/// the family before anything is spent.
pub fn rotate<J>(
    tx: &mut Connection,
    using: &Use,
    judge: impl Fn(&Family) -> Result<J, OAuthError>,
) -> QueryResult<Rotation<J>> {
    if let Some(rotation) = rotate_at_once(tx, using, &judge)? {
        return Ok(rotation);
    }
    // A second look only happens when another use won between look and update.
    for _ in 0..2 {
        let found = find_for(tx, &using.presented.family_id, &using.client_id)?;
        let Some((family, user)) = found.filter(|(family, _)| family.made(&using.pepper, &using.presented)) else {
            return Ok(Rotation::Invalid("the refresh token is unknown, or the client is disabled"));
        };
        let judged = match judge(&family) {
            Ok(judged) => judged,
            Err(error) => return Ok(Rotation::Refused(error)),
        };
        match standing(&family, using.presented.generation, using.now, using.grace) {
            Standing::Ended => return Ok(Rotation::Invalid("the refresh token has expired or was revoked")),
            Standing::Reused => {
                revoke(tx, &family.id, EndReason::Reuse, using.now)?;
                return Ok(Rotation::Reused { family_id: family.id });
            }
            _ if !user.is_active() || user.epoch != family.person_epoch => {
                return Ok(Rotation::Invalid("the person is no longer active"));
            }
            Standing::Grace => {
                let sub = subject::store::name(tx, &user, &using.naming, using.now)?;
                return Ok(Rotation::Rotated(Box::new(Rotated { family, user, sub }), judged));
            }
            Standing::Newest => {
                if let Some(family) = advance(tx, family, using)? {
                    let sub = subject::store::name(tx, &user, &using.naming, using.now)?;
                    return Ok(Rotation::Rotated(Box::new(Rotated { family, user, sub }), judged));
                }
            }
        }
    }
    Ok(Rotation::Invalid("the refresh token was used elsewhere"))
}

/// The usual case on a database server: nothing to wait for between look and update. `None` where it is another case.
fn rotate_at_once<J>(
    tx: &mut Connection,
    using: &Use,
    judge: impl Fn(&Family) -> Result<J, OAuthError>,
) -> QueryResult<Option<Rotation<J>>> {
    let Connection::Postgres(server) = tx else { return Ok(None) };
    let Some(moved) = at_once::store::advance(server, using)? else { return Ok(None) };
    if !moved.before.made(&using.pepper, &using.presented) {
        at_once::store::put_back(server, &moved)?;
        return Ok(None);
    }
    match judge(&moved.before) {
        Err(error) => {
            at_once::store::put_back(server, &moved)?;
            Ok(Some(Rotation::Refused(error)))
        }
        Ok(judged) => {
            let at_once::store::Moved { after: family, user, .. } = moved;
            let sub = subject::store::name(tx, &user, &using.naming, using.now)?;
            Ok(Some(Rotation::Rotated(Box::new(Rotated { family, user, sub }), judged)))
        }
    }
}

/// A family and its person, while the client that asks is enabled.
fn find_for(tx: &mut Connection, id: &str, client_id: &str) -> QueryResult<Option<(Family, User)>> {
    let row: Option<(FamilyRow, UserRow)> = token_families::table
        .inner_join(people::table)
        .filter(token_families::id.eq(id))
        .filter(diesel::dsl::exists(clients::table.filter(clients::id.eq(client_id).and(clients::enabled.eq(true)))))
        .select((FamilyRow::as_select(), UserRow::as_select()))
        .first(tx)
        .optional()?;
    row.map(|(row, user)| Ok((family(row)?, user.into()))).transpose()
}

fn advance(tx: &mut Connection, mut family: Family, using: &Use) -> QueryResult<Option<Family>> {
    let next = family.generation.saturating_add(1);
    let idle_until = (using.now + using.idle).min(family.expires_at);
    let unused = token_families::table.filter(
        token_families::id
            .eq(&family.id)
            .and(token_families::generation.eq(family.generation))
            .and(token_families::revoked_at.is_null()),
    );
    let updated = diesel::update(unused)
        .set((
            token_families::generation.eq(next),
            token_families::rotated_at.eq(using.now.millis()),
            token_families::idle_until.eq(idle_until.millis()),
        ))
        .execute(tx)?;
    family.generation = next;
    family.rotated_at = using.now;
    family.idle_until = idle_until;
    Ok((updated == 1).then_some(family))
}

/// Ends a family; false when it had ended before.
pub fn revoke(tx: &mut Connection, id: &str, reason: EndReason, now: Time) -> QueryResult<bool> {
    let live = token_families::table.filter(token_families::id.eq(id).and(token_families::revoked_at.is_null()));
    diesel::update(live)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(reason.as_str())),
        ))
        .execute(tx)
        .map(|updated| updated == 1)
}

/// Ends what a session started and what was not meant to outlive it.
pub fn revoke_of_session(tx: &mut Connection, session_id: &str, now: Time) -> QueryResult<usize> {
    let bound = token_families::table.filter(
        token_families::session_id
            .eq(session_id)
            .and(token_families::offline.eq(false))
            .and(token_families::revoked_at.is_null()),
    );
    diesel::update(bound)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(EndReason::Logout.as_str())),
        ))
        .execute(tx)
}

/// Ends everything that is held for a person, also what was meant to outlive its session: for an account that was in
/// other hands.
pub fn revoke_of_person(tx: &mut Connection, person: &str, reason: EndReason, now: Time) -> QueryResult<usize> {
    let theirs =
        token_families::table.filter(token_families::person_id.eq(person).and(token_families::revoked_at.is_null()));
    diesel::update(theirs)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(reason.as_str())),
        ))
        .execute(tx)
}

/// Ends what is held for a person and was meant to outlive its session. Gives how many families those were.
pub fn revoke_offline(tx: &mut Connection, person: &str, reason: EndReason, now: Time) -> QueryResult<usize> {
    let theirs = token_families::table.filter(
        token_families::person_id
            .eq(person)
            .and(token_families::offline.eq(true))
            .and(token_families::revoked_at.is_null()),
    );
    diesel::update(theirs)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(reason.as_str())),
        ))
        .execute(tx)
}

/// The clients with tokens for a person, by id.
pub fn clients_of(tx: &mut Connection, person: &str) -> QueryResult<Vec<String>> {
    token_families::table
        .filter(token_families::person_id.eq(person).and(token_families::revoked_at.is_null()))
        .order(token_families::client_id)
        .select(token_families::client_id)
        .distinct()
        .load(tx)
}

/// Ends everything that a client holds for a person, codes that are not redeemed yet too.
pub fn revoke_of_consent(tx: &mut Connection, person: &str, client: &str, now: Time) -> QueryResult<usize> {
    // First, so that a code that is being redeemed is waited for, and what came of it is ended below.
    session::store::withdraw(tx, person, now)?;
    let theirs = token_families::table.filter(
        token_families::person_id
            .eq(person)
            .and(token_families::client_id.eq(client))
            .and(token_families::revoked_at.is_null()),
    );
    diesel::update(theirs)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(EndReason::Consent.as_str())),
        ))
        .execute(tx)
}

/// Ends everything that a client holds, for whomever.
pub fn revoke_of_client(tx: &mut Connection, client: &str, now: Time) -> QueryResult<usize> {
    let theirs =
        token_families::table.filter(token_families::client_id.eq(client).and(token_families::revoked_at.is_null()));
    diesel::update(theirs)
        .set((
            token_families::revoked_at.eq(Some(now.millis())),
            token_families::revoke_reason.eq(Some(EndReason::Client.as_str())),
        ))
        .execute(tx)
}

/// Deletes families that ended before `before`, at most `limit` of them; returns how many. One whose session lives
/// stays: it is the record of who took part, and must be told when the session ends.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> QueryResult<usize> {
    let ids: Vec<String> = token_families::table
        .filter(token_families::expires_at.lt(before.millis()))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            sessions::table
                .filter(sessions::id.nullable().eq(token_families::session_id))
                .filter(sessions::ended_at.is_null().and(sessions::expires_at.ge(before.millis()))),
        )))
        .select(token_families::id)
        .limit(limit)
        .load(tx)?;
    diesel::delete(token_families::table.filter(token_families::id.eq_any(ids))).execute(tx)
}
