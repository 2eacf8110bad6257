//! `GET /account/activity`.

use super::view::{Activity, Entry};
use crate::account::store::{Happened, happened};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::event::{Actor, EventKind as Kind, Stored};
use crate::model::session::store;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::error::Unavailable;
use crate::platform::i18n::Texts;
use crate::platform::paths::{AccountPage, Below as _};
use actix_web::web::ServiceConfig;

const SHOWN: i64 = 50;
/// Sessions that are named by their device.
const DEVICES: i64 = 200;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Activity).shows(Who::SignedIn, show).mount(config);
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
    let older = last.map(|sequence| op.path(AccountPage::Activity.with("before", sequence)));
    let mut entries = Vec::new();
    for event in found {
        let device = event.session_id.as_deref().and_then(|id| sessions.iter().find(|session| session.id == id));
        entries.push(Entry {
            at: Time::from_millis(event.at),
            sentence: sentence(&visit.request.texts, &event, &name(op, &event).await?),
            device: device.map(|session| Device::of(&session.user_agent)),
            is_by_operator: event.actor == Stored::Known(Actor::Operator),
        });
    }
    Ok((entries, older))
}

async fn name(op: &Op, event: &Happened) -> Result<String, Unavailable> {
    let Some(id) = &event.client_id else { return Ok(String::new()) };
    Ok(op.clients.find(id).await?.map_or_else(|| id.clone(), |client| client.name().to_owned()))
}

/// The sentence of an event. Unknown kinds are shown by name.
fn sentence(texts: &Texts, event: &Happened, application: &str) -> String {
    let Some(kind) = event.kind.known() else { return texts.with("activity-other", "kind", event.kind.to_string()) };
    match kind {
        Kind::SessionStarted => texts.get("activity-session-started"),
        Kind::SessionReauthenticated | Kind::SessionSteppedUp => texts.get("activity-session-reauthenticated"),
        Kind::SessionEnded => texts.get("activity-session-ended"),
        Kind::ConsentAllowed => texts.with("activity-consent-allowed", "application", application),
        Kind::ConsentRevoked => texts.with("activity-consent-revoked", "application", application),
        Kind::TokenFamilyRevoked => texts.with("activity-tokens-revoked", "application", application),
        Kind::AccessTokenRevoked => texts.with("activity-tokens-revoked", "application", application),
        Kind::UserCreated => texts.get("activity-user-created"),
        Kind::UserUpdated => texts.get("activity-user-updated"),
        Kind::PasswordSet | Kind::PasswordChanged | Kind::PasswordReset => texts.get("activity-password-changed"),
        Kind::UserDisabled => texts.get("activity-user-disabled"),
        Kind::UserEnabled => texts.get("activity-user-enabled"),
        Kind::UserExported => texts.get("activity-user-exported"),
        Kind::AuthenticatorEnrolled => texts.get("activity-authenticator-enrolled"),
        Kind::AuthenticatorRenamed => texts.get("activity-authenticator-renamed"),
        Kind::AuthenticatorRemoved => texts.get("activity-authenticator-removed"),
        Kind::PasskeyAdded => texts.get("activity-passkey-added"),
        Kind::PasskeyRenamed => texts.get("activity-passkey-renamed"),
        Kind::PasskeyRemoved => texts.get("activity-passkey-removed"),
        Kind::PasskeyUsed => texts.get("activity-passkey-used"),
        Kind::PasskeyCopySuspected => texts.get("activity-passkey-copied"),
        Kind::PasswordRemoved => texts.get("activity-password-removed"),
        Kind::RecoveryCodeUsed => texts.get("activity-recovery-used"),
        Kind::RecoveryCodesReplaced => texts.get("activity-recovery-replaced"),
        Kind::DeviceRemembered => texts.get("activity-device-remembered"),
        Kind::DeviceForgotten => texts.get("activity-device-forgotten"),
        Kind::AddressAdded => texts.with("activity-address-added", "address", address(event)),
        Kind::AddressVerified => texts.with("activity-address-verified", "address", address(event)),
        Kind::AddressMadePrimary => texts.with("activity-address-primary", "address", address(event)),
        Kind::AddressRemoved => texts.with("activity-address-removed", "address", address(event)),
        Kind::AddressRestored => texts.with("activity-address-restored", "address", address(event)),
        Kind::UserLeaving => texts.get("activity-user-leaving"),
        Kind::UserStayed => texts.get("activity-user-stayed"),
        Kind::UserInvited
        | Kind::UserDeleted
        | Kind::RecoveryRequested
        | Kind::SignInCodeRequested
        | Kind::FactorsReset
        | Kind::ClientCreated
        | Kind::ClientUpdated
        | Kind::ClientEnabled
        | Kind::ClientDisabled
        | Kind::ClientDeleted
        | Kind::ClientSecretRotated
        | Kind::ClientRegistered
        | Kind::ClientReregistered
        | Kind::ClientDeregistered
        | Kind::RegistrationTokenCreated
        | Kind::RegistrationTokenRevoked
        | Kind::KeyCreated
        | Kind::KeyActivated
        | Kind::KeyRevoked
        | Kind::KeysRewrapped
        | Kind::StoreRecovered => texts.with("activity-other", "kind", kind.as_str()),
    }
}

/// The address that an event tells of.
fn address(event: &Happened) -> String {
    let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let text = detail.get("address").or_else(|| detail.get("to")).and_then(serde_json::Value::as_str);
    text.unwrap_or_default().to_owned()
}
