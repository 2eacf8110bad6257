//! Queries about people.

use super::identifier::{Identifier, IdentifierKind};
use super::{Appearance, User, UserStatus};
use crate::model::credential::passkey;
use crate::model::{address, factor, known_device, one_time, picture};
use crate::platform::brand::Theme;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_once, schema::*};
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use diesel::prelude::*;

/// A row of `people` as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct UserRow {
    id: String,
    sub: String,
    status: String,
    epoch: i64,
    version: i64,
    claims: String,
    language: Option<String>,
    theme: Option<String>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            status: UserStatus::from_stored(&row.status),
            claims: serde_json::from_str(&row.claims).unwrap_or_default(),
            id: row.id,
            sub: row.sub,
            epoch: row.epoch,
            version: row.version,
            appearance: Appearance { language: row.language, theme: row.theme.as_deref().and_then(Theme::from_word) },
        }
    }
}

/// The person with this id.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(tx: &mut Connection, id: &str) -> QueryResult<Option<User>> {
    people::table.find(id).select(UserRow::as_select()).first(tx).optional().map(|row| row.map(User::from))
}

/// Lets nobody else change what belongs to a person until this transaction is over, where they ask for the same: what is
/// looked at then holds until it is written. SQLite has one writer, and nothing to hold.
pub fn hold(tx: &mut Connection, id: &str) -> QueryResult<()> {
    if let Connection::Postgres(tx) = tx {
        let held = people::table.find(id).select(people::id).for_no_key_update();
        held.first::<String>(tx).optional()?;
    }
    Ok(())
}

/// The person with this `sub`.
pub fn find_by_sub(tx: &mut Connection, sub: &str) -> QueryResult<Option<User>> {
    let query = people::table.filter(people::sub.eq(sub)).select(UserRow::as_select());
    query.first(tx).optional().map(|row| row.map(User::from))
}

/// The person that one of these identifiers names, the first that matches.
pub fn find_by_identifiers(tx: &mut Connection, candidates: &[Identifier]) -> QueryResult<Option<User>> {
    for candidate in candidates {
        let row = identifiers::table
            .inner_join(people::table)
            .filter(identifiers::kind.eq(candidate.kind.as_str()).and(identifiers::folded.eq(&candidate.folded)))
            .select(UserRow::as_select())
            .first(tx)
            .optional()?;
        if let Some(row) = row {
            return Ok(Some(row.into()));
        }
    }
    Ok(None)
}

/// People in the order they came, after `after` (an id; empty for the first page).
pub fn list(tx: &mut Connection, after: &str, limit: i64) -> QueryResult<Vec<User>> {
    let rows: Vec<UserRow> = people::table
        .filter(people::id.gt(after).and(people::status.ne(UserStatus::Deleted.as_str())))
        .order(people::id)
        .limit(limit)
        .select(UserRow::as_select())
        .load(tx)?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// The initial data of a person.
pub struct NewUser<'a> {
    /// UUIDv7.
    pub id: &'a str,
    /// Random, or the one that an import brings.
    pub sub: &'a str,
    pub claims: &'a Claims,
    /// Whether the person may sign in.
    pub status: UserStatus,
}

/// Adds a person; false when the `sub` was ever used.
pub fn insert(tx: &mut Connection, user: &NewUser<'_>, now: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(people::table).values((
            people::id.eq(user.id),
            people::sub.eq(user.sub),
            people::status.eq(user.status.as_str()),
            people::epoch.eq(0),
            people::version.eq(1),
            people::claims.eq(json(user.claims)),
            people::created_at.eq(now.millis()),
            people::updated_at.eq(now.millis()),
        ))
    )
}

/// Replaces a person's claims if nobody changed the person since `version`; false when somebody did.
pub fn update_claims(tx: &mut Connection, user: &User, claims: &Claims, now: Time) -> QueryResult<bool> {
    let unchanged = people::table.filter(people::id.eq(&user.id).and(people::version.eq(user.version)));
    let updated = diesel::update(unchanged)
        .set((
            people::claims.eq(json(claims)),
            people::version.eq(user.version.saturating_add(1)),
            people::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    if updated == 1 && claims.get(picture::CLAIM) != user.claims.get(picture::CLAIM) {
        // The claim names another picture now: ours is nobody's any more.
        picture::store::remove_of_person(tx, &user.id)?;
    }
    Ok(updated == 1)
}

/// Replaces what a person's pages look like if nobody changed the person since `version`; false when somebody did.
pub fn update_appearance(
    tx: &mut Connection,
    id: &str,
    version: i64,
    appearance: &Appearance,
    now: Time,
) -> QueryResult<bool> {
    let unchanged = people::table.filter(people::id.eq(id).and(people::version.eq(version)));
    let updated = diesel::update(unchanged)
        .set((
            people::language.eq(appearance.language.as_deref()),
            people::theme.eq(appearance.theme.map(Theme::as_str)),
            people::version.eq(version.saturating_add(1)),
            people::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(updated == 1)
}

/// Enables, disables or deletes a person. All but enabling raises the epoch: everything issued before stays revoked.
pub fn set_status(tx: &mut Connection, id: &str, status: UserStatus, now: Time) -> QueryResult<bool> {
    let raise = i64::from(status != UserStatus::Active);
    let updated = diesel::update(people::table.find(id))
        .set((
            people::status.eq(status.as_str()),
            people::delete_at.eq(None::<i64>),
            people::epoch.eq(people::epoch + raise),
            people::version.eq(people::version + 1),
            people::updated_at.eq(now.millis()),
        ))
        .execute(tx)?;
    Ok(updated == 1)
}

/// Marks a person for deletion: refused everywhere from now on, and deleted at `delete_at`.
pub fn leave(tx: &mut Connection, id: &str, delete_at: Time, now: Time) -> QueryResult<bool> {
    if !set_status(tx, id, UserStatus::Leaving, now)? {
        return Ok(false);
    }
    diesel::update(people::table.find(id)).set(people::delete_at.eq(Some(delete_at.millis()))).execute(tx)?;
    Ok(true)
}

/// When a person marked for deletion will be deleted; `None` for everybody else.
pub fn leaves_at(tx: &mut Connection, id: &str) -> QueryResult<Option<Time>> {
    let leaving = people::table.filter(people::id.eq(id).and(people::status.eq(UserStatus::Leaving.as_str())));
    let at: Option<Option<i64>> = leaving.select(people::delete_at).first(tx).optional()?;
    Ok(at.flatten().map(Time::from_millis))
}

/// People whose time to come back is over, at most `limit` of them.
pub fn due_to_be_buried(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<Vec<String>> {
    people::table
        .filter(people::status.eq(UserStatus::Leaving.as_str()).and(people::delete_at.le(now.millis())))
        .order(people::delete_at)
        .limit(limit)
        .select(people::id)
        .load(tx)
}

/// Turns a person into a tombstone: claims, identifiers and credentials go, the `sub` stays taken.
pub fn bury(tx: &mut Connection, id: &str, now: Time) -> QueryResult<bool> {
    diesel::delete(identifiers::table.filter(identifiers::person_id.eq(id))).execute(tx)?;
    diesel::delete(credentials::table.filter(credentials::person_id.eq(id))).execute(tx)?;
    diesel::delete(consents::table.filter(consents::person_id.eq(id))).execute(tx)?;
    diesel::update(sessions::table.filter(sessions::person_id.eq(id)))
        .set((sessions::user_agent.eq(""), sessions::network.eq("")))
        .execute(tx)?;
    factor::store::remove_all(tx, id)?;
    passkey::store::forget_handle(tx, id)?;
    address::store::forget_all_unproved(tx, id)?;
    known_device::store::forget_all(tx, id)?;
    one_time::store::forget_all(tx, id)?;
    picture::store::remove_of_person(tx, id)?;
    let nothing = (people::claims.eq("{}"), people::language.eq(None::<String>), people::theme.eq(None::<String>));
    diesel::update(people::table.find(id)).set(nothing).execute(tx)?;
    set_status(tx, id, UserStatus::Deleted, now)
}

/// Gives a person an identifier; false when somebody else has it. A user name replaces the one before.
pub fn set_identifier(
    tx: &mut Connection,
    person: &str,
    identifier: &Identifier,
    verified: bool,
    now: Time,
) -> QueryResult<bool> {
    let owner: Option<String> = identifiers::table
        .find((identifier.kind.as_str(), &identifier.folded))
        .select(identifiers::person_id)
        .first(tx)
        .optional()?;
    if owner.as_deref().is_some_and(|owner| owner != person) {
        return Ok(false);
    }
    let theirs = identifiers::table
        .filter(identifiers::person_id.eq(person).and(identifiers::kind.eq(identifier.kind.as_str())));
    match identifier.kind {
        IdentifierKind::Username => diesel::delete(theirs).execute(tx)?,
        IdentifierKind::Email => {
            diesel::delete(theirs.filter(identifiers::folded.eq(&identifier.folded))).execute(tx)?
        }
    };
    // The later of two that an operator gave although they look alike goes without: the first stands for both.
    let skeleton = match identifier.kind {
        IdentifierKind::Username if looks_like(tx, person, identifier)?.is_none() => Some(identifier.skeleton()),
        _ => None,
    };
    insert_once!(
        tx,
        diesel::insert_into(identifiers::table).values((
            identifiers::kind.eq(identifier.kind.as_str()),
            identifiers::folded.eq(&identifier.folded),
            identifiers::value.eq(&identifier.value),
            identifiers::person_id.eq(person),
            identifiers::verified_at.eq(verified.then_some(now.millis())),
            identifiers::created_at.eq(now.millis()),
            identifiers::skeleton.eq(skeleton),
        ))
    )
}

/// A person's identifiers, as typed.
#[derive(Queryable, Clone, Debug, PartialEq, Eq)]
pub struct HeldIdentifier {
    pub person_id: String,
    /// `username` or `email`.
    pub kind: String,
    /// As it is compared.
    pub folded: String,
    /// As it was typed.
    pub value: String,
    /// When it was verified, in milliseconds.
    pub verified_at: Option<i64>,
}

/// What these people sign in with.
pub fn identifiers_of(tx: &mut Connection, people: &[String]) -> QueryResult<Vec<HeldIdentifier>> {
    identifiers::table
        .filter(identifiers::person_id.eq_any(people))
        .order((identifiers::person_id, identifiers::kind.desc()))
        .select((
            identifiers::person_id,
            identifiers::kind,
            identifiers::folded,
            identifiers::value,
            identifiers::verified_at,
        ))
        .load(tx)
}

/// Who is meant by these, whatever their kind.
pub fn holders(tx: &mut Connection, folded: &[String]) -> QueryResult<Vec<HeldIdentifier>> {
    identifiers::table
        .filter(identifiers::folded.eq_any(folded))
        .select((
            identifiers::person_id,
            identifiers::kind,
            identifiers::folded,
            identifiers::value,
            identifiers::verified_at,
        ))
        .load(tx)
}

/// Which of these were ever used for a person.
pub fn known_subs(tx: &mut Connection, subs: &[String]) -> QueryResult<Vec<String>> {
    people::table.filter(people::sub.eq_any(subs)).select(people::sub).load(tx)
}

/// The people with these ids.
pub fn find_all(tx: &mut Connection, ids: &[String]) -> QueryResult<Vec<User>> {
    let rows: Vec<UserRow> = people::table.filter(people::id.eq_any(ids)).select(UserRow::as_select()).load(tx)?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// Where emails about the account go: every verified address; the only one that an operator gave, where none is.
pub fn reached_at(tx: &mut Connection, user: &User) -> QueryResult<Vec<String>> {
    let held = identifiers_of(tx, std::slice::from_ref(&user.id))?;
    let (verified, given): (Vec<_>, Vec<_>) =
        held.into_iter().filter(|held| held.kind == "email").partition(|held| held.verified_at.is_some());
    let reached = if verified.is_empty() { given } else { verified };
    Ok(reached.into_iter().map(|held| held.value).collect())
}

/// Whether somebody else could be meant by an identifier, whatever its kind: an address can look like a user name, and a
/// user name be somebody's `sub` or id.
pub fn is_taken(tx: &mut Connection, person: &str, identifier: &Identifier) -> QueryResult<bool> {
    let others =
        identifiers::table.filter(identifiers::folded.eq(&identifier.folded).and(identifiers::person_id.ne(person)));
    if diesel::select(diesel::dsl::exists(others)).get_result(tx)? {
        return Ok(true);
    }
    if identifier.kind == IdentifierKind::Email {
        return Ok(false);
    }
    let texts = [identifier.value.as_str(), identifier.folded.as_str()];
    let named =
        people::table.filter(people::sub.eq_any(texts).or(people::id.eq_any(texts))).filter(people::id.ne(person));
    diesel::select(diesel::dsl::exists(named)).get_result(tx)
}

/// Whether one of these texts is anybody's `sub` or id.
pub fn is_anybodys(tx: &mut Connection, texts: &[&str]) -> QueryResult<bool> {
    let (subs, ids) = (texts.to_vec(), texts.to_vec());
    let named = people::table.filter(people::sub.eq_any(subs).or(people::id.eq_any(ids)));
    diesel::select(diesel::dsl::exists(named)).get_result(tx)
}

/// Somebody else's user name that can be taken for this one (UTS 39 §4), if there is one.
pub fn looks_like(tx: &mut Connection, person: &str, identifier: &Identifier) -> QueryResult<Option<HeldIdentifier>> {
    let skeleton = identifier.skeleton();
    identifiers::table
        .filter(identifiers::skeleton.eq(skeleton).and(identifiers::person_id.ne(person)))
        .select((
            identifiers::person_id,
            identifiers::kind,
            identifiers::folded,
            identifiers::value,
            identifiers::verified_at,
        ))
        .first(tx)
        .optional()
}

/// Which of these somebody's user name has already.
pub fn known_skeletons(tx: &mut Connection, skeletons: &[String]) -> QueryResult<Vec<String>> {
    let held = identifiers::table.filter(identifiers::skeleton.eq_any(skeletons));
    let found: Vec<Option<String>> = held.select(identifiers::skeleton).load(tx)?;
    Ok(found.into_iter().flatten().collect())
}

/// User names that have no skeleton yet, after `after`: of a release that knew none, or the later of two alike.
pub fn without_skeleton(tx: &mut Connection, after: &str, limit: i64) -> QueryResult<Vec<HeldIdentifier>> {
    identifiers::table
        .filter(identifiers::kind.eq(IdentifierKind::Username.as_str()).and(identifiers::skeleton.is_null()))
        .filter(identifiers::folded.gt(after))
        .order(identifiers::folded)
        .limit(limit)
        .select((
            identifiers::person_id,
            identifiers::kind,
            identifiers::folded,
            identifiers::value,
            identifiers::verified_at,
        ))
        .load(tx)
}

/// Gives a user name its skeleton, unless another has it; false then.
pub fn set_skeleton(tx: &mut Connection, name: &Identifier, person: &str) -> QueryResult<bool> {
    if looks_like(tx, person, name)?.is_some() {
        return Ok(false);
    }
    let held = identifiers::table.find((IdentifierKind::Username.as_str(), &name.folded));
    diesel::update(held).set(identifiers::skeleton.eq(Some(name.skeleton()))).execute(tx).map(|updated| updated == 1)
}

pub(super) fn json(claims: &Claims) -> String {
    serde_json::Value::Object(claims.clone()).to_string()
}
