//! One registration: read from JSON (RFC 7591 §2 and our own members), judged, saved.

use crate::admin::{Clients, Installation, Permit, Write};
use crate::model::client::secret::{self, NewSecret, SecretSealing};
use crate::model::client::{Client, Origin, store};
use crate::model::event::{self, Event, EventKind};
use crate::model::picture;
use crate::platform::clock::Time;
use crate::platform::config::Config;
use crate::platform::crypto::OpaqueToken;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::jose::VerificationKeys;
use crate::platform::secret::Secret;
use crate::protocol::claims;
use crate::protocol::client_metadata::ClientMetadata;
use diesel::QueryResult;
use serde_json::{Map, Value, json};

/// A registration that may be saved.
pub struct Entry {
    /// `client_id`, when given.
    pub id: Option<String>,
    /// `client_secret`, when given.
    pub secret: Option<Secret<String>>,
    /// `enabled`, when given.
    pub enabled: Option<bool>,
    pub metadata: ClientMetadata,
    /// What is kept and not used, and the like.
    pub warnings: Vec<String>,
}

/// Members of a registration response (RFC 7591 §3.2.1) that the server sets: passed over when a response is imported.
const OF_THE_SERVER: [&str; 4] =
    ["client_id_issued_at", "client_secret_expires_at", "registration_client_uri", "registration_access_token"];

const TOO_SHORT: &str = "client_secret is too short for the registered HMAC (RFC 7518 section 3.2): \
    `latchkey client rotate-secret` makes one that is not";

impl Entry {
    /// Reads one.
    ///
    /// # Errors
    /// Every rule that it breaks, with its member.
    pub fn read(value: &Value, config: &Config) -> Result<Self, Vec<String>> {
        let mut members = value.as_object().cloned().ok_or_else(|| vec!["is not a JSON object".to_owned()])?;
        members.retain(|name, value| !value.is_null() && !OF_THE_SERVER.contains(&name.as_str()));
        let mut broken = Vec::new();
        let id = text(&mut members, "client_id", &mut broken).filter(|id| fits(id, &mut broken));
        let secret = text(&mut members, "client_secret", &mut broken).map(Secret::new);
        let enabled = members.remove("enabled");
        if enabled.as_ref().is_some_and(|enabled| !enabled.is_boolean()) {
            broken.push("enabled must be true or false".to_owned());
        }
        let metadata = match ClientMetadata::read(&members) {
            Ok(metadata) => metadata,
            Err(wrong) => {
                broken.extend(wrong.iter().map(ToString::to_string));
                return Err(broken);
            }
        };
        broken.extend(judge(&metadata));
        if !broken.is_empty() {
            return Err(broken);
        }
        let mut warnings = metadata.warnings();
        warnings.extend(unknown_names(&metadata, config));
        let public = secret.is_some() && metadata.is_public();
        warnings.extend(public.then(|| "client_secret is not stored: token_endpoint_auth_method is none".to_owned()));
        let secret = secret.filter(|_| !public);
        let short = secret.as_ref().is_some_and(|text| secret::is_too_short(&metadata, text.expose()));
        warnings.extend(short.then(|| TOO_SHORT.to_owned()));
        Ok(Self { id, secret, enabled: enabled.and_then(|enabled| enabled.as_bool()), metadata, warnings })
    }
}

fn text(members: &mut Map<String, Value>, name: &str, broken: &mut Vec<String>) -> Option<String> {
    match members.remove(name)? {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => {
            broken.push(format!("{name} must be a string"));
            None
        }
    }
}

/// RFC 6749 appendix A.1: visible ASCII.
fn fits(id: &str, broken: &mut Vec<String>) -> bool {
    let fits = id.len() <= 255 && id.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !fits {
        broken.push("client_id must be at most 255 visible ASCII characters (RFC 6749 appendix A.1)".to_owned());
    }
    fits
}

fn judge(metadata: &ClientMetadata) -> Vec<String> {
    let mut broken: Vec<_> = metadata.check().err().unwrap_or_default().iter().map(ToString::to_string).collect();
    if let Some(jwks) = &metadata.jwks {
        match jwks.as_object().map(VerificationKeys::from_set) {
            None => broken.push("jwks must be an object with the member keys (RFC 7517 section 5)".to_owned()),
            Some(Err(error)) => broken.push(format!("jwks cannot be used: {error}")),
            Some(Ok(_)) => {}
        }
    }
    broken
}

/// Scopes and resources that the configuration does not know: kept, and refused when used.
fn unknown_names(metadata: &ClientMetadata, config: &Config) -> Vec<String> {
    let standard = |scope: &str| {
        ["openid", "offline_access", claims::ACCOUNT].contains(&scope)
            || claims::SCOPES.iter().any(|(name, _)| *name == scope)
    };
    let scopes = metadata.scope.as_deref().unwrap_or_default().split_whitespace();
    let scopes = scopes.filter(|scope| !standard(scope) && !config.scopes.contains_key(*scope));
    let is_known = |resource: &&String| {
        config.resources.values().any(|known| crate::protocol::resource::same(&known.identifier, resource))
    };
    let resources = metadata.resources.iter().flatten().filter(|resource| !is_known(resource));
    let scopes = scopes.map(|scope| format!("the scope {scope} is not configured"));
    scopes.chain(resources.map(|resource| format!("the resource {resource} is not configured"))).collect()
}

/// A registration with the secrets that it may need.
#[derive(Clone)]
struct Kept {
    id: String,
    metadata: ClientMetadata,
    /// Whether it may be used; absent is as before, or yes.
    enabled: Option<bool>,
    given: Option<NewSecret>,
    /// For the case that it needs one and has none.
    made: Option<(OpaqueToken, NewSecret)>,
    /// The id of the message that asks for its logo.
    message: String,
}

impl Kept {
    fn new(at: &Installation, sealing: &SecretSealing, entry: Entry) -> Self {
        let (id, metadata) = (entry.id.unwrap_or_else(|| at.new_id()), entry.metadata);
        let row = at.new_id();
        let needs = secret::is_used(&metadata);
        Self {
            given: entry.secret.map(|text| sealing.given((&row, &id), text.expose(), &metadata)),
            made: needs.then(|| sealing.fresh((&row, &id), &metadata)),
            enabled: entry.enabled,
            message: at.new_id(),
            id,
            metadata,
        }
    }
}

/// What became of it.
pub struct Saved {
    /// `client_id`.
    pub id: String,
    /// Whether it is new.
    pub is_new: bool,
    /// The secret, if one was made: shown this once.
    pub secret: Option<OpaqueToken>,
    /// Whether it has a secret that it cannot use, since its text is needed and was not kept.
    pub lacks_text: bool,
}

/// Saves a registration with its secret; one that is there is replaced. The caller waits for [`Installation::settle`] after the
/// last one.
///
/// # Errors
/// When the store does not confirm.
pub async fn save(
    at: &Installation,
    permit: &Permit<Write, Clients>,
    sealing: &SecretSealing,
    entry: Entry,
) -> Result<Saved, Unavailable> {
    let (kept, permit, now) = (Kept::new(at, sealing, entry), permit.clone(), at.now());
    at.db.write(move |tx| write(tx, &permit, kept, now)).await
}

fn write(tx: &mut Connection, permit: &Permit<Write, Clients>, kept: Kept, now: Time) -> QueryResult<Saved> {
    let before = store::find(tx, &kept.id)?;
    let enabled = kept.enabled.or(before.as_ref().map(|client| client.enabled)).unwrap_or(true);
    let is_new = store::save(tx, &kept.id, Origin::Operator, enabled, &kept.metadata, now)?;
    picture::store::ask_for(tx, &kept.id, &kept.metadata, &kept.message, now)?;
    let live: Vec<_> = before.iter().flat_map(|client| client.live_secrets(now)).collect();
    // A secret whose text is needed now and was not before is kept again, with its text.
    let holds = |given: &NewSecret| {
        live.iter().any(|held| held.hash == given.hash && (held.sealed.is_some() || given.sealed.is_none()))
    };
    let mut secret = None;
    match (kept.given, kept.made) {
        (Some(given), _) if holds(&given) => {}
        (Some(given), _) => store::add_secret(tx, &kept.id, &given, None, now)?,
        (None, Some((text, made))) if live.is_empty() => {
            store::add_secret(tx, &kept.id, &made, None, now)?;
            secret = Some(text);
        }
        _ => {}
    }
    let kind = if is_new { EventKind::ClientCreated } else { EventKind::ClientUpdated };
    event::store::record(tx, &Event::by(permit.actor().clone(), kind).client(&kept.id), now)?;
    let lacks_text = store::find(tx, &kept.id)?.is_some_and(|client| client.lacks_text(now));
    Ok(Saved { id: kept.id, is_new, secret, lacks_text })
}

/// An application as programs see it: never its secrets.
pub fn described(client: &Client) -> Value {
    let mut json = json!(client.metadata);
    if let Some(members) = json.as_object_mut() {
        members.insert("client_id".to_owned(), client.id.clone().into());
        members.insert("enabled".to_owned(), client.enabled.into());
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<Entry, Vec<String>> {
        Entry::read(&value, &Config::default())
    }

    #[test]
    fn a_wrong_type_is_told_with_its_member() {
        let broken = read(json!({"redirect_uris": "https://rp.example/cb", "client_id": 7})).err().unwrap();
        assert!(broken.iter().any(|reason| reason.starts_with("redirect_uris has the wrong type")), "{broken:?}");
        assert!(broken.contains(&"client_id must be a string".to_owned()));
    }

    #[test]
    fn unusable_keys_are_refused() {
        let uri = "https://rp.example/cb";
        assert!(read(json!({"redirect_uris": [uri], "jwks": []})).is_err());
        assert!(read(json!({"redirect_uris": [uri], "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}})).is_err());
    }

    #[test]
    fn the_servers_own_members_are_passed_over_and_unknown_ones_kept() {
        let entry = read(json!({"redirect_uris": ["https://rp.example/cb"], "client_secret_expires_at": 0, "profile": "fapi", "scope": "openid orders"})).ok().unwrap();
        assert!(
            entry.metadata.other.contains_key("profile")
                && !entry.metadata.other.contains_key("client_secret_expires_at")
        );
        assert!(entry.warnings.iter().any(|warning| warning.contains("orders")));
    }

    #[test]
    fn a_public_client_keeps_no_secret() {
        let entry = read(
            json!({"redirect_uris": ["https://rp.example/cb"], "token_endpoint_auth_method": "none", "client_secret": "x"}),
        );
        let entry = entry.ok().unwrap();
        assert!(entry.secret.is_none() && entry.warnings.iter().any(|warning| warning.contains("not stored")));
    }
}
