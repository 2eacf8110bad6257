//! `GET /account/activity`.

use super::view::{Activity, Entry};
use crate::account::store::{Happened, happened};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::session::store;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::error::Unavailable;
use crate::platform::i18n::Texts;
use actix_web::web::ServiceConfig;

/// So much stands on a page.
const SHOWN: i64 = 50;
/// Sessions that are named by their device.
const DEVICES: i64 = 200;

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at("/account/activity").shows(Who::SignedIn, show).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let before = visit.query("before").and_then(|number| number.parse().ok());
    let (entries, older_url) = entries(visit.op, visit, before).await?;
    let (page, console) = (visit.request.page(), visit.console(Section::Activity));
    Ok(visit.show(&Activity { page, console, entries, older_url }))
}

async fn entries(op: &Op, visit: &Visit<'_>, before: Option<i64>) -> Result<(Vec<Entry>, Option<String>), Unavailable> {
    let id = visit.user.id.clone();
    let (mut found, sessions) = op
        .db
        .read_long(move |connection| {
            let found = happened(connection, &id, before, SHOWN + 1)?;
            Ok((found, store::recent(connection, &id, DEVICES)?))
        })
        .await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    found.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| has_more).map(|event| event.sequence);
    let older = last.map(|sequence| op.path(&format!("/account/activity?before={sequence}")));
    let mut entries = Vec::new();
    for event in found {
        let device = event.session_id.as_deref().and_then(|id| sessions.iter().find(|session| session.id == id));
        entries.push(Entry {
            at: Time::from_millis(event.at),
            sentence: sentence(&visit.request.texts, &event, &name(op, &event).await?),
            device: device.map(|session| Device::of(&session.user_agent)),
            is_by_operator: event.actor == "operator",
        });
    }
    Ok((entries, older))
}

async fn name(op: &Op, event: &Happened) -> Result<String, Unavailable> {
    let Some(id) = &event.client_id else { return Ok(String::new()) };
    Ok(op.clients.find(id).await?.map_or_else(|| id.clone(), |client| client.name().to_owned()))
}

/// What happened, in the person's words. A kind that is not told of here is shown by its name.
fn sentence(texts: &Texts, event: &Happened, application: &str) -> String {
    match event.kind.as_str() {
        "session.started" => texts.get("activity-session-started"),
        "session.reauthenticated" => texts.get("activity-session-reauthenticated"),
        "session.ended" => texts.get("activity-session-ended"),
        "consent.allowed" => texts.with("activity-consent-allowed", "application", application),
        "consent.revoked" => texts.with("activity-consent-revoked", "application", application),
        "token_family.revoked" => texts.with("activity-tokens-revoked", "application", application),
        "access_token.revoked" => texts.with("activity-tokens-revoked", "application", application),
        "user.created" => texts.get("activity-user-created"),
        "user.updated" => texts.get("activity-user-updated"),
        "user.password_set" | "user.password_changed" => texts.get("activity-password-changed"),
        "user.disabled" => texts.get("activity-user-disabled"),
        "user.enabled" => texts.get("activity-user-enabled"),
        "user.exported" => texts.get("activity-user-exported"),
        "authenticator.enrolled" => texts.get("activity-authenticator-enrolled"),
        "authenticator.renamed" => texts.get("activity-authenticator-renamed"),
        "authenticator.removed" => texts.get("activity-authenticator-removed"),
        "passkey.added" => texts.get("activity-passkey-added"),
        "passkey.renamed" => texts.get("activity-passkey-renamed"),
        "passkey.removed" => texts.get("activity-passkey-removed"),
        "passkey.used" => texts.get("activity-passkey-used"),
        "passkey.copy_suspected" => texts.get("activity-passkey-copied"),
        "user.password_removed" => texts.get("activity-password-removed"),
        "recovery_code.used" => texts.get("activity-recovery-used"),
        "recovery_codes.replaced" => texts.get("activity-recovery-replaced"),
        "device.remembered" => texts.get("activity-device-remembered"),
        "device.forgotten" => texts.get("activity-device-forgotten"),
        "address.added" => texts.with("activity-address-added", "address", address(event)),
        "address.verified" => texts.with("activity-address-verified", "address", address(event)),
        "address.made_primary" => texts.with("activity-address-primary", "address", address(event)),
        "address.removed" => texts.with("activity-address-removed", "address", address(event)),
        "address.restored" => texts.with("activity-address-restored", "address", address(event)),
        "user.leaving" => texts.get("activity-user-leaving"),
        "user.stayed" => texts.get("activity-user-stayed"),
        kind => texts.with("activity-other", "kind", kind),
    }
}

/// The address that an event tells of.
fn address(event: &Happened) -> String {
    let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let text = detail.get("address").or_else(|| detail.get("to")).and_then(serde_json::Value::as_str);
    text.unwrap_or_default().to_owned()
}
