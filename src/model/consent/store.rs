//! Queries about consents.

use super::Consent;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use crate::protocol::scope::Scope;
use diesel::QueryResult;
use diesel::prelude::*;

/// What a person allowed a client before.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub fn find(tx: &mut Connection, person: &str, client: &str) -> QueryResult<Option<Consent>> {
    let row: Option<(String, String)> =
        one(person, client).select((consents::scope, consents::resources)).first(tx).optional()?;
    Ok(row.map(consent))
}

/// Every consent of a person: client and what was allowed.
pub fn list(tx: &mut Connection, person: &str) -> QueryResult<Vec<(String, Consent)>> {
    let rows: Vec<(String, String, String)> = consents::table
        .filter(consents::person_id.eq(person))
        .order(consents::client_id)
        .select((consents::client_id, consents::scope, consents::resources))
        .load(tx)?;
    Ok(rows.into_iter().map(|(client, scope, resources)| (client, consent((scope, resources)))).collect())
}

/// Remembers what was allowed, beside what was allowed before.
pub fn allow(
    tx: &mut Connection,
    id: &str,
    person: &str,
    client: &str,
    allowed: &Consent,
    now: Time,
) -> QueryResult<()> {
    let Some(before) = find(tx, person, client)? else {
        return insert(tx, id, person, client, allowed, now);
    };
    let resources: Vec<String> = allowed.resources.iter().filter(|r| !before.resources.contains(r)).cloned().collect();
    diesel::update(one(person, client))
        .set((
            consents::scope.eq(before.scope.union(&allowed.scope).to_string()),
            consents::resources.eq(json(&[before.resources, resources].concat())),
            consents::version.eq(consents::version + 1),
            consents::updated_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Forgets a consent; false when there was none.
pub fn revoke(tx: &mut Connection, person: &str, client: &str) -> QueryResult<bool> {
    diesel::delete(one(person, client)).execute(tx).map(|deleted| deleted > 0)
}

#[diesel::dsl::auto_type]
fn one<'a>(person: &'a str, client: &'a str) -> _ {
    consents::table.filter(consents::person_id.eq(person).and(consents::client_id.eq(client)))
}

fn insert(tx: &mut Connection, id: &str, person: &str, client: &str, allowed: &Consent, now: Time) -> QueryResult<()> {
    diesel::insert_into(consents::table)
        .values((
            consents::id.eq(id),
            consents::person_id.eq(person),
            consents::client_id.eq(client),
            consents::scope.eq(allowed.scope.to_string()),
            consents::resources.eq(json(&allowed.resources)),
            consents::version.eq(1),
            consents::created_at.eq(now.millis()),
            consents::updated_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

fn consent((scope, resources): (String, String)) -> Consent {
    Consent { scope: Scope::from(scope), resources: serde_json::from_str(&resources).unwrap_or_default() }
}

fn json(resources: &[String]) -> String {
    serde_json::Value::from(resources.to_vec()).to_string()
}
