//! Queries that write a person, all or nothing.

use super::{Newcomer, Problem, check, check_sub, check_username, email};
use crate::model::address;
use crate::model::one_time::{self, Turn};
use crate::model::user::User;
use crate::model::user::identifier::{Identifier, IdentifierKind};
use crate::model::user::store::{self, NewUser};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_all, schema::*};
use crate::protocol::claims::Claims;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{Connection as _, ExpressionMethods as _, QueryResult};
use std::collections::HashMap;

enum Stop {
    Problem(Problem),
    Database(diesel::result::Error),
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Adds a person with claims and identifiers; nothing is left behind when there is a problem.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn create(
    tx: &mut Connection,
    new: &NewUser<'_>,
    username: Option<&Identifier>,
    now: Time,
) -> QueryResult<Result<User, Problem>> {
    savepoint(tx, |tx| {
        check_sub(new.sub)?;
        check(new.claims)?;
        if username.is_none() && email(new.claims)?.is_none() {
            return Err(Problem::Nameless.into());
        }
        if !store::insert(tx, new, now)? {
            return Err(Problem::SubTaken(new.sub.to_owned()).into());
        }
        identify(tx, new.id, username, (&Claims::new(), new.claims), now)?;
        store::find(tx, new.id)?.ok_or(Stop::Problem(Problem::Changed))
    })
}

/// Adds many people as [`create`] does one, in a statement a table; false, and nothing done, when a name or `sub` is taken, or
/// a user name is somebody's `sub` or id.
pub fn create_all(tx: &mut Connection, newcomers: &[Newcomer<'_>], now: Time) -> QueryResult<bool> {
    let names = || newcomers.iter().enumerate().filter_map(|(at, newcomer)| Some((at, newcomer.username?)));
    let texts: Vec<&str> = names().flat_map(|(_, name)| [name.value.as_str(), name.folded.as_str()]).collect();
    let subs: HashMap<&str, usize> =
        newcomers.iter().enumerate().map(|(at, newcomer)| (newcomer.new.sub, at)).collect();
    let is_anothers = |at: usize, text: &str| subs.get(text).is_some_and(|whose| *whose != at);
    let is_mixed = names().any(|(at, name)| is_anothers(at, &name.value) || is_anothers(at, &name.folded));
    if is_mixed || store::is_anybodys(tx, &texts)? {
        return Ok(false);
    }
    match tx.transaction(|tx| insert(tx, newcomers, now)) {
        Ok(()) => Ok(true),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn insert(tx: &mut Connection, newcomers: &[Newcomer<'_>], now: Time) -> QueryResult<()> {
    let person = |Newcomer { new, .. }: &Newcomer<'_>| {
        (
            people::id.eq(new.id.to_owned()),
            people::sub.eq(new.sub.to_owned()),
            people::status.eq(new.status.as_str()),
            people::epoch.eq(0_i64),
            people::version.eq(1_i64),
            people::claims.eq(store::json(new.claims)),
            people::created_at.eq(now.millis()),
            people::updated_at.eq(now.millis()),
        )
    };
    let name = |person: &str, held: &Identifier, verified: bool| {
        (
            identifiers::kind.eq(held.kind.as_str()),
            identifiers::folded.eq(held.folded.clone()),
            identifiers::value.eq(held.value.clone()),
            identifiers::person_id.eq(person.to_owned()),
            identifiers::verified_at.eq(verified.then_some(now.millis())),
            identifiers::created_at.eq(now.millis()),
            identifiers::skeleton.eq((held.kind == IdentifierKind::Username).then(|| held.skeleton())),
        )
    };
    let names = |Newcomer { new, username, address }: &Newcomer<'_>| {
        let username = username.map(|username| name(new.id, username, false));
        username.into_iter().chain(address.as_ref().map(|(address, verified)| name(new.id, address, *verified)))
    };
    let (people, names): (Vec<_>, Vec<_>) =
        (newcomers.iter().map(person).collect(), newcomers.iter().flat_map(names).collect());
    insert_all!(tx, diesel::insert_into(people::table).values(&people))?;
    insert_all!(tx, diesel::insert_into(identifiers::table).values(&names)).map(drop)
}

/// Replaces a person's claims, and the identifiers that follow from them; the user name stays unless one is given.
/// True when something changed.
pub fn update(
    tx: &mut Connection,
    user: &User,
    username: Option<&Identifier>,
    claims: &Claims,
    now: Time,
) -> QueryResult<Result<bool, Problem>> {
    savepoint(tx, |tx| {
        check(claims)?;
        let renamed = identify(tx, &user.id, username, (&user.claims, claims), now)?;
        if store::identifiers_of(tx, std::slice::from_ref(&user.id))?.is_empty() {
            return Err(Problem::Nameless.into());
        }
        if *claims == user.claims && !renamed {
            return Ok(false);
        }
        if !store::update_claims(tx, user, claims, now)? {
            return Err(Problem::Changed.into());
        }
        Ok(true)
    })
}

fn savepoint<T>(
    tx: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, Stop>,
) -> QueryResult<Result<T, Problem>> {
    match tx.transaction(work) {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Problem(problem)) => Ok(Err(problem)),
        Err(Stop::Database(error)) => Err(error),
    }
}

fn identify(
    tx: &mut Connection,
    person: &str,
    username: Option<&Identifier>,
    (before, claims): (&Claims, &Claims),
    now: Time,
) -> Result<bool, Stop> {
    let mut changed = match username {
        Some(username) => hold(tx, person, username, false, now)?,
        None => false,
    };
    let (before, after) = (email(before).ok().flatten(), email(claims)?);
    let replaced = before.as_ref().filter(|(old, _)| after.as_ref().is_none_or(|(new, _)| new.folded != old.folded));
    if let Some((old, _)) = replaced {
        address::store::remove(tx, person, &old.folded)?;
        one_time::store::void_after(tx, person, Turn::Overruled, now)?;
    }
    if let Some((address, verified)) = &after {
        match hold(tx, person, address, *verified, now) {
            Ok(held) => changed |= held,
            // Somebody else proved the address that an operator gave to both: it stays a claim, and no name.
            Err(Stop::Problem(Problem::Taken(_))) if before == after && !verified => {}
            Err(stop) => return Err(stop),
        }
    }
    Ok(changed)
}

/// Gives a person an identifier, unless they hold it as it is; true when something changed.
fn hold(tx: &mut Connection, person: &str, wanted: &Identifier, verified: bool, now: Time) -> Result<bool, Stop> {
    let held = store::identifiers_of(tx, &[person.to_owned()])?;
    let is_same = held.iter().any(|held| {
        held.kind == wanted.kind.as_str() && held.value == wanted.value && held.verified_at.is_some() == verified
    });
    if is_same {
        return Ok(false);
    }
    if wanted.kind == IdentifierKind::Username {
        check_username(Some(wanted))?;
    }
    if store::is_taken(tx, person, wanted)? {
        return Err(Problem::Taken(wanted.value.clone()).into());
    }
    if wanted.kind == IdentifierKind::Username
        && let Some(other) = store::looks_like(tx, person, wanted)?
        && !are_plain(&other.folded, &wanted.folded)
    {
        return Err(Problem::LooksLike { name: wanted.value.clone(), other: other.value }.into());
    }
    if wanted.kind == IdentifierKind::Email {
        address::store::remove(tx, person, &wanted.folded)?;
    }
    if !store::set_identifier(tx, person, wanted, verified, now)? {
        return Err(Problem::Taken(wanted.value.clone()).into());
    }
    Ok(true)
}

/// Names of plain letters may look alike where an operator gives them, as `burn` and `bum` do, or `a1` and `al`: whole
/// directories are full of such. Who chooses a name is held to the rule there too.
const fn are_plain(a: &str, b: &str) -> bool {
    a.is_ascii() && b.is_ascii()
}
