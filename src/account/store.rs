//! What the console and its API read and write in one transaction.

use super::seen::Seen;
use crate::model::address;
use crate::model::consent::{self, Consent};
use crate::model::credential;
use crate::model::event::{self, Actor, Event, EventKind, Stored};
use crate::model::user::{self, Appearance, User, save};
use crate::model::{factor, known_device, one_time};
use crate::op::notice::Notice;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use crate::platform::http::page::Theme;
use crate::protocol::claims::Claims;
use crate::protocol::scope::Scope;
use crate::tokens::ending::{self, Closing, Which};
use crate::tokens::family;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::result::Error;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A person who must be there.
pub(super) fn person(tx: &mut Connection, id: &str) -> QueryResult<User> {
    user::store::find(tx, id)?.ok_or(Error::NotFound)
}

/// Changes claims of a person at `version`; false, and the person as they are, when somebody was faster.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub(super) fn save_profile(
    tx: &mut Connection,
    id: &str,
    version: i64,
    patch: &Claims,
    now: Time,
) -> QueryResult<(User, bool)> {
    let user = person(tx, id)?;
    if user.version != version {
        return Ok((user, false));
    }
    let claims = save::patched(&user.claims, patch, now);
    if claims == user.claims {
        return Ok((user, true));
    }
    let saved = user::store::update_claims(tx, &user, &claims, now)?;
    if saved {
        let names: Vec<&String> = patch.keys().filter(|name| claims.get(*name) != user.claims.get(*name)).collect();
        event::store::record(
            tx,
            &Event::by_person(EventKind::UserUpdated, id).detail(json!({ "claims": names })),
            now,
        )?;
    }
    Ok((person(tx, id)?, saved))
}

/// Changes what a person's pages look like at `version`; false, and the person as they are, when somebody was faster.
pub(super) fn save_appearance(
    tx: &mut Connection,
    id: &str,
    version: i64,
    chosen: &Appearance,
    now: Time,
) -> QueryResult<(User, bool)> {
    let user = person(tx, id)?;
    if user.version == version && user.appearance == *chosen {
        return Ok((user, true));
    }
    let saved = user::store::update_appearance(tx, id, version, chosen, now)?;
    Ok((person(tx, id)?, saved))
}

/// What ends with a password.
#[derive(Clone)]
pub(super) struct Ending {
    /// The session that goes on.
    pub(super) kept: Option<String>,
    /// Whether applications lose the access that they have while the person is away.
    pub(super) offline: bool,
    /// How sessions end.
    pub(super) closing: Closing,
    /// The email about it.
    pub(super) notice: Notice,
}

impl Ending {
    /// Ends it, with the codes and links that wait in a mailbox; gives how many sessions ended.
    fn end(&self, tx: &mut Connection, person: &str) -> QueryResult<usize> {
        let now = self.closing.now;
        one_time::store::void_ways_in(tx, person, now)?;
        self.notice.post(tx, person)?;
        if self.offline {
            family::store::revoke_offline(tx, person, "password", now)?;
        }
        let which = self.kept.clone().map_or(Which::All, Which::AllBut);
        Ok(ending::store::end_of_person(tx, person, &which, &self.closing)?.len())
    }
}

/// Replaces a password that was proven, unless it was changed meanwhile; the person's other sessions end (SES-05).
/// Gives how many ended.
pub(super) fn replace_password(
    tx: &mut Connection,
    person: &str,
    old: &credential::PasswordCredential,
    phc: &str,
    ending: &Ending,
) -> QueryResult<Option<usize>> {
    if !credential::store::upgrade_password(tx, old, phc, ending.closing.now)? {
        return Ok(None);
    }
    event::store::record(tx, &Event::by_person(EventKind::PasswordChanged, person), ending.closing.now)?;
    ending.end(tx, person).map(Some)
}

/// Sets the password of somebody who has none; their other sessions end. `None` when there is one meanwhile.
pub(super) fn first_password(
    tx: &mut Connection,
    (row, person): (&str, &str),
    phc: &str,
    ending: &Ending,
) -> QueryResult<Option<usize>> {
    user::store::hold(tx, person)?;
    if credential::store::find_password(tx, person)?.is_some() {
        return Ok(None);
    }
    credential::store::set_password(tx, row, person, phc, ending.closing.now)?;
    event::store::record(tx, &Event::by_person(EventKind::PasswordSet, person), ending.closing.now)?;
    ending.end(tx, person).map(Some)
}

/// Lets a person leave: every session ends, every token too, and they are gone at `delete_at`. False when they are not as
/// they were seen.
pub(super) fn leave(
    tx: &mut Connection,
    (person, seen): (&str, &Seen),
    delete_at: Time,
    closing: &Closing,
) -> QueryResult<bool> {
    user::store::hold(tx, person)?;
    if !user::store::find(tx, person)?.is_some_and(|user| user.is_active() && seen.is(&user.version.to_string())) {
        return Ok(false);
    }
    ending::store::end_of_person(tx, person, &Which::All, closing)?;
    user::store::leave(tx, person, delete_at, closing.now)?;
    let detail = json!({ "delete_at": delete_at.rfc3339() });
    event::store::record(tx, &Event::by_person(EventKind::UserLeaving, person).detail(detail), closing.now)?;
    Ok(true)
}

/// An application that a person lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The client.
    pub client_id: String,
    /// What it may, as the person allowed it; where consent is not asked, what it was granted.
    pub allowed: Consent,
    /// Counts changes (ETag, If-Match); zero where no consent is remembered.
    pub version: i64,
    /// When it was let in first.
    pub since: Time,
    /// When it last got tokens, if any live.
    pub used_at: Option<Time>,
    /// Whether it may go on while the person is away.
    pub is_offline: bool,
}

/// Every application that has a consent or live tokens, by id.
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

/// Forgets a consent at `version`, if one is given, and ends what was issued on it; `None` when there is neither,
/// `Some(false)` when the consent was changed meanwhile.
pub(super) fn take_back(
    tx: &mut Connection,
    person: &str,
    client: &str,
    version: Option<i64>,
    now: Time,
) -> QueryResult<Option<bool>> {
    let Some(held) = access(tx, person, now)?.into_iter().find(|held| held.client_id == client) else {
        return Ok(None);
    };
    if version.is_some_and(|version| version != held.version) {
        return Ok(Some(false));
    }
    family::store::revoke_of_consent(tx, person, client, now)?;
    consent::store::revoke(tx, person, client)?;
    event::store::record(tx, &Event::by_person(EventKind::ConsentRevoked, person).client(client), now)?;
    Ok(Some(true))
}

/// Something that happened, for the person's own eyes.
#[derive(Queryable, Clone, Debug)]
pub struct Happened {
    /// Its place in the order of everything.
    pub sequence: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// What.
    #[diesel(deserialize_as = String)]
    pub kind: Stored<EventKind>,
    /// Who did it.
    #[diesel(deserialize_as = String)]
    pub actor: Stored<Actor>,
    /// Which application it concerns.
    pub client_id: Option<String>,
    /// Which session it concerns.
    pub session_id: Option<String>,
    /// More about it, as JSON.
    pub detail: String,
}

/// What happened to a person before the event `before`, newest first.
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

/// Everything that is held about a person and can be shown: no secret, and nothing of others.
pub(super) fn held(tx: &mut Connection, person_id: &str, now: Time) -> QueryResult<Value> {
    let user = person(tx, person_id)?;
    let created: i64 = people::table.find(person_id).select(people::created_at).first(tx)?;
    let addresses = address::store::list(tx, &user)?;
    let identifiers = user::store::identifiers_of(tx, &[person_id.to_owned()])?;
    let credentials: Vec<(String, i64, i64)> = credentials::table
        .filter(credentials::person_id.eq(person_id))
        .order(credentials::created_at)
        .select((credentials::kind, credentials::created_at, credentials::updated_at))
        .load(tx)?;
    let passkeys = credential::passkey::store::list(tx, person_id)?;
    let subjects: Vec<(String, String)> = pairwise_subjects::table
        .filter(pairwise_subjects::person_id.eq(person_id))
        .order(pairwise_subjects::sector)
        .select((pairwise_subjects::sector, pairwise_subjects::sub))
        .load(tx)?;
    let sessions: Vec<(String, i64, i64, Option<i64>, String, String)> = sessions::table
        .filter(sessions::person_id.eq(person_id))
        .order(sessions::created_at)
        .select((
            sessions::id,
            sessions::created_at,
            sessions::expires_at,
            sessions::ended_at,
            sessions::user_agent,
            sessions::network,
        ))
        .load(tx)?;
    let authenticator = factor::store::find_authenticator(tx, person_id)?;
    let codes = factor::store::list_recovery_codes(tx, person_id)?;
    let known = known_device::store::list(tx, person_id)?;
    let handle: Option<String> =
        passkey_users::table.find(person_id).select(passkey_users::handle).first(tx).optional()?;
    let waiting = one_time::store::list_waiting(tx, person_id, now)?;
    let applications = access(tx, person_id, now)?;
    let happened = happened(tx, person_id, None, i64::MAX)?;
    let time = |millis: i64| Time::from_millis(millis).rfc3339();
    Ok(json!({
        "exported_at": now.rfc3339(),
        "sub": user.sub,
        "created_at": time(created),
        "claims": user.claims,
        "appearance": { "language": user.appearance.language, "theme": user.appearance.theme.map(Theme::as_str) },
        "identifiers": identifiers.iter().map(|held| json!({
            "kind": held.kind, "value": held.value, "verified_at": held.verified_at.map(time),
        })).collect::<Vec<_>>(),
        "addresses": addresses.iter().map(|address| json!({
            "address": address.value, "primary": address.is_primary, "added_at": address.created_at.rfc3339(),
            "verified_at": address.verified_at.map(Time::rfc3339),
        })).collect::<Vec<_>>(),
        "credentials": credentials.iter().map(|(kind, created_at, updated_at)| json!({
            "kind": kind, "created_at": time(*created_at), "updated_at": time(*updated_at),
        })).collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(credential::passkey::Passkey::described).collect::<Vec<_>>(),
        "passkey_handle": handle,
        "authenticator": authenticator.map(|held| json!({
            "name": held.name, "created_at": held.created_at.rfc3339(),
            "last_used_at": held.last_used_at.map(Time::rfc3339),
        })),
        "recovery_codes": {
            "left": codes.iter().filter(|code| code.used_at.is_none()).count(),
            "created_at": codes.first().map(|code| time(code.created_at)),
            "used_at": codes.iter().filter_map(|code| code.used_at.map(time)).collect::<Vec<_>>(),
        },
        "known_browsers": known.iter().map(|known| json!({
            "user_agent": known.user_agent, "network": known.network, "first_seen_at": time(known.created_at),
            "last_seen_at": time(known.seen_at), "remembered_until": known.remembered_until.map(time),
        })).collect::<Vec<_>>(),
        "waiting_codes_and_links": waiting.iter().map(|(purpose, created_at, expires_at)| json!({
            "purpose": purpose, "created_at": time(*created_at), "expires_at": time(*expires_at),
        })).collect::<Vec<_>>(),
        "pairwise_subjects": subjects.iter().map(|(sector, sub)| json!({ "sector": sector, "sub": sub })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|(id, created_at, expires_at, ended_at, user_agent, network)| json!({
            "id": id, "created_at": time(*created_at), "expires_at": time(*expires_at), "ended_at": ended_at.map(time),
            "user_agent": user_agent, "network": network,
        })).collect::<Vec<_>>(),
        "applications": applications.iter().map(|access| json!({
            "client_id": access.client_id, "scope": access.allowed.scope.to_string(), "claims": access.allowed.claims,
            "resources": access.allowed.resources, "since": access.since.rfc3339(), "offline": access.is_offline,
            "last_used_at": access.used_at.map(Time::rfc3339),
        })).collect::<Vec<_>>(),
        "events": happened.iter().map(|event| json!({
            "at": time(event.at), "kind": event.kind.to_string(), "client_id": event.client_id, "session_id": event.session_id,
            "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or_default(),
        })).collect::<Vec<_>>(),
    }))
}
