//! Passkeys (Web Authentication Level 3): keys that a person's devices keep, bound to this provider's name.

mod authenticator_data;
mod ceremony;
pub mod maker;
mod relying_party;
pub mod store;

pub use ceremony::{Answer, Passkeys, Request, Used};
pub use relying_party::{Refusal, RelyingParty};

use crate::platform::clock::Time;
use crate::protocol::visible;
use serde_json::Value;
use webauthn_rs::prelude::Passkey as PublicKey;

/// The maximum number of passkeys of a person.
pub const MOST: usize = 25;
/// Characters of a name.
pub const LONGEST_NAME: usize = 64;

/// A passkey of a person.
#[derive(Clone, Debug)]
pub struct Passkey {
    pub id: String,
    pub person_id: String,
    /// What the authenticator calls it, in base64url.
    pub credential_id: String,
    /// The name that it is bound to.
    pub rp_id: String,
    /// What the person calls it.
    pub name: String,
    /// The model of the authenticator, as it claims; nothing proves it.
    pub aaguid: String,
    pub key: PublicKey,
    /// How many signatures it has made; zero where it does not count.
    pub counter: i64,
    /// Whether the key may leave its device.
    pub backup_eligible: bool,
    pub backup_state: bool,
    /// How the authenticator is reached: hints for the browser.
    pub transports: Vec<String>,
    /// Counts what the person changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When somebody last signed in with it.
    pub last_used_at: Option<Time>,
}

impl Passkey {
    /// A key that has just been made.
    fn fresh(made: Made<'_>, key: PublicKey) -> Self {
        let json = serde_json::json!(key);
        let of = |name: &str| json.pointer(&format!("/cred/{name}")).cloned().unwrap_or_default();
        let transports =
            of("transports").as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Self {
            id: made.id,
            person_id: made.person_id,
            credential_id: text(key.cred_id().as_ref()),
            rp_id: made.rp_id.to_owned(),
            name: String::new(),
            aaguid: made.aaguid,
            counter: of("counter").as_i64().unwrap_or_default(),
            backup_eligible: of("backup_eligible").as_bool().unwrap_or_default(),
            backup_state: of("backup_state").as_bool().unwrap_or_default(),
            transports: transports.unwrap_or_default(),
            key,
            version: 1,
            created_at: made.now,
            last_used_at: None,
        }
    }

    /// Who made it, as far as that is known.
    pub fn maker(&self) -> Option<&'static maker::Maker> {
        maker::find(&self.aaguid)
    }

    /// For people who read JSON: everything but the key.
    pub fn described(&self) -> Value {
        serde_json::json!({
            "id": self.id, "name": self.name, "aaguid": self.aaguid, "maker": self.maker().map(|maker| maker.name),
            "created_at": self.created_at.rfc3339(), "last_used_at": self.last_used_at.map(Time::rfc3339),
            "backup_eligible": self.backup_eligible, "backed_up": self.backup_state, "transports": self.transports,
        })
    }
}

/// What is known of a key beside the key.
struct Made<'a> {
    id: String,
    person_id: String,
    rp_id: &'a str,
    aaguid: String,
    now: Time,
}

fn text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What somebody calls a passkey or an authenticator app: what is seen of it, at most [`LONGEST_NAME`] characters. `None` where
/// nothing is left.
pub fn name(typed: &str) -> Option<String> {
    let name: String = visible::seen(typed).trim().chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name("  My\u{7} key\n "), Some("My key".to_owned()));
        assert_eq!((name("\u{202e}yek\u{200b}"), name("\u{200b}")), (Some("yek".to_owned()), None));
        assert_eq!((name(" \n"), name(&"é".repeat(99)).map(|name| name.chars().count())), (None, Some(LONGEST_NAME)));
    }
}
