//! Queries about consents.

use super::Consent;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use crate::protocol::scope::Scope;
use diesel::QueryResult;
use diesel::prelude::*;

/// A person's present consent to a client.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(tx: &mut Connection, person: &str, client: &str) -> QueryResult<Option<Consent>> {
    let row: Option<Row> =
        one(person, client).select((consents::scope, consents::resources, consents::claims)).first(tx).optional()?;
    Ok(row.map(consent))
}

/// Every consent of a person: client and what was allowed.
pub fn list(tx: &mut Connection, person: &str) -> QueryResult<Vec<(String, Consent)>> {
    let rows: Vec<(String, Row)> = consents::table
        .filter(consents::person_id.eq(person))
        .order(consents::client_id)
        .select((consents::client_id, (consents::scope, consents::resources, consents::claims)))
        .load(tx)?;
    Ok(rows.into_iter().map(|(client, row)| (client, consent(row))).collect())
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
    diesel::update(one(person, client))
        .set((
            consents::scope.eq(before.scope.union(&allowed.scope).to_string()),
            consents::resources.eq(json(&union(before.resources, &allowed.resources))),
            consents::claims.eq(json(&union(before.claims, &allowed.claims))),
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
            consents::claims.eq(json(&allowed.claims)),
            consents::version.eq(1),
            consents::created_at.eq(now.millis()),
            consents::updated_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// `scope`, `resources`, `claims`: the stored texts, in this order.
pub(in crate::model) type Row = (String, String, String);

pub(in crate::model) fn consent((scope, resources, claims): Row) -> Consent {
    let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
    Consent { scope: Scope::from(scope), resources: list(&resources), claims: list(&claims) }
}

fn union(mut before: Vec<String>, added: &[String]) -> Vec<String> {
    let new: Vec<String> = added.iter().filter(|name| !before.contains(name)).cloned().collect();
    before.extend(new);
    before
}

fn json(names: &[String]) -> String {
    serde_json::Value::from(names.to_vec()).to_string()
}
