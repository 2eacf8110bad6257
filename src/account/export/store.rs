//! All data about a person.

use crate::account::store::{access, happened, person};
use crate::model::{address, credential, factor, known_device, one_time, picture, user};
use crate::platform::brand::Theme;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::QueryResult;
use diesel::prelude::*;
use serde_json::{Value, json};

/// All data about a person that can be shown: no secrets, and nothing about others.
///
/// # Errors
/// Any failure of the database.
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
    let picture = picture::store::of_person(tx, person_id)?;
    let waiting = one_time::store::list_waiting(tx, person_id, now)?;
    let applications = access(tx, person_id, now)?;
    let happened = happened(tx, person_id, None, i64::MAX)?;
    let time = |millis: i64| Time::from_millis(millis).rfc3339();
    Ok(json!({
        "exported_at": now.rfc3339(),
        "sub": user.sub,
        "created_at": time(created),
        "claims": user.claims,
        "picture": picture.map(|kept| json!({ "media_type": kept.media_type, "content": STANDARD.encode(kept.content) })),
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
