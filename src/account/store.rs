//! What several features of the account read.

use crate::model::consent::{self, Consent};
use crate::model::event::{Actor, EventKind, Stored};
use crate::model::user::{self, User};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use crate::protocol::scope::Scope;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::result::Error;
use serde_json::Value;
use std::collections::BTreeMap;

/// A person who must exist.
///
/// # Errors
/// Any database failure; the same for every function here.
pub(super) fn person(tx: &mut Connection, id: &str) -> QueryResult<User> {
    user::store::find(tx, id)?.ok_or(Error::NotFound)
}

/// An application with access to a person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub client_id: String,
    /// What the person consented to; where no consent is asked, what was granted.
    pub allowed: Consent,
    /// The version for ETag and If-Match; zero where there is no consent.
    pub version: i64,
    /// When it first got access.
    pub since: Time,
    /// When it last got tokens, if any are valid.
    pub used_at: Option<Time>,
    /// Whether it has offline access.
    pub is_offline: bool,
}

/// Every application with a consent or valid tokens, by id.
pub(super) fn access(tx: &mut Connection, person: &str, now: Time) -> QueryResult<Vec<Access>> {
    let mut found: BTreeMap<String, Access> = BTreeMap::new();
    let versions: Vec<(String, i64, i64)> = consents::table
        .filter(consents::person_id.eq(person))
        .select((consents::client_id, consents::version, consents::created_at))
        .load(tx)?;
    for (client_id, allowed) in consent::store::list(tx, person)? {
        let known = versions.iter().find(|(client, ..)| *client == client_id);
        let (version, since) = known.map_or((1, 0), |(_, version, since)| (*version, *since));
        let access = Access {
            client_id: client_id.clone(),
            allowed,
            version,
            since: Time::from_millis(since),
            used_at: None,
            is_offline: false,
        };
        found.insert(client_id, access);
    }
    let families: Vec<(String, String, bool, i64, i64)> = token_families::table
        .filter(token_families::person_id.eq(person).and(token_families::revoked_at.is_null()))
        .filter(token_families::expires_at.gt(now.millis()).and(token_families::idle_until.gt(now.millis())))
        .select((
            token_families::client_id,
            token_families::authorization_data,
            token_families::offline,
            token_families::created_at,
            token_families::rotated_at,
        ))
        .load(tx)?;
    for (client_id, data, offline, created_at, rotated_at) in families {
        let access = found.entry(client_id.clone()).or_insert_with(|| Access {
            client_id,
            allowed: Consent { scope: granted(&data), ..Consent::default() },
            version: 0,
            since: Time::from_millis(created_at),
            used_at: None,
            is_offline: false,
        });
        access.used_at = access.used_at.max(Some(Time::from_millis(rotated_at)));
        access.is_offline |= offline;
    }
    Ok(found.into_values().collect())
}

fn granted(data: &str) -> Scope {
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let text = data.get("scope").and_then(Value::as_str).unwrap_or_default();
    Scope::from(text.to_owned())
}

/// An event, as the person sees it.
#[derive(Queryable, Clone, Debug)]
pub struct Happened {
    /// Its position in the event log.
    pub sequence: i64,
    /// When, in milliseconds.
    pub at: i64,
    #[diesel(deserialize_as = String)]
    pub kind: Stored<EventKind>,
    #[diesel(deserialize_as = String)]
    pub actor: Stored<Actor>,
    /// Which application it concerns.
    pub client_id: Option<String>,
    /// Which session it concerns.
    pub session_id: Option<String>,
    /// More about it, as JSON.
    pub detail: String,
}

/// A person's events before the event `before`, newest first.
pub fn happened(tx: &mut Connection, person: &str, before: Option<i64>, limit: i64) -> QueryResult<Vec<Happened>> {
    events::table
        .filter(events::person_id.eq(person).and(events::sequence.lt(before.unwrap_or(i64::MAX))))
        .order(events::sequence.desc())
        .limit(limit)
        .select((
            events::sequence,
            events::at,
            events::kind,
            events::actor,
            events::client_id,
            events::session_id,
            events::detail,
        ))
        .load(tx)
}
