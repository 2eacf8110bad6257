//! Queries about pairwise subjects. A row is for ever: a person keeps their name in a sector, and no name is used again.

use super::Naming;
use crate::model::user::{self, User};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_once, schema::pairwise_subjects};
use diesel::QueryResult;
use diesel::prelude::*;

/// The `sub` of a person, made at the first meeting with a sector.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn name(tx: &mut Connection, user: &User, naming: &Naming, now: Time) -> QueryResult<String> {
    let Naming::Pairwise { sector, fresh } = naming else { return Ok(user.sub.clone()) };
    if let Some(sub) = find(tx, &user.id, sector)? {
        return Ok(sub);
    }
    insert_once!(
        tx,
        diesel::insert_into(pairwise_subjects::table).values((
            pairwise_subjects::sub.eq(fresh),
            pairwise_subjects::person_id.eq(&user.id),
            pairwise_subjects::sector.eq(sector),
            pairwise_subjects::created_at.eq(now.millis()),
        ))
    )?;
    // Another request may have been first: what the store holds counts.
    find(tx, &user.id, sector)?.ok_or(diesel::result::Error::NotFound)
}

/// The `sub` by which a client knows a person already; `None` where it never met them.
pub fn known(connection: &mut Connection, user: &User, sector: Option<&str>) -> QueryResult<Option<String>> {
    match sector {
        Some(sector) => find(connection, &user.id, sector),
        None => Ok(Some(user.sub.clone())),
    }
}

/// Whom a client means by a `sub`: by its sector's names, or by the one name of each person.
pub fn find_person(connection: &mut Connection, sub: &str, sector: Option<&str>) -> QueryResult<Option<String>> {
    match sector {
        Some(sector) => pairwise_subjects::table
            .filter(pairwise_subjects::sub.eq(sub).and(pairwise_subjects::sector.eq(sector)))
            .select(pairwise_subjects::person_id)
            .first(connection)
            .optional(),
        None => Ok(user::store::find_by_sub(connection, sub)?.map(|user| user.id)),
    }
}

fn find(connection: &mut Connection, person_id: &str, sector: &str) -> QueryResult<Option<String>> {
    pairwise_subjects::table
        .filter(pairwise_subjects::person_id.eq(person_id).and(pairwise_subjects::sector.eq(sector)))
        .select(pairwise_subjects::sub)
        .first(connection)
        .optional()
}
