//! The judge of ceremonies: exact origin, name, challenge, user verification, counter (Web Authentication §7).

use super::{Made, Passkey, authenticator_data};
use crate::platform::clock::Time;
use crate::platform::config::Config;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

/// Why a ceremony leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No challenge waits: it was used, or it is too old.
    Expired,
    /// The device did not make sure that its owner is there.
    Unverified,
    /// The counter went back: the key may have been copied.
    Copied,
    /// The key is known already.
    Known,
    /// The response is malformed, for another site, or signed by another key: nobody learns which.
    Invalid,
}

/// Whom a key is made for.
pub(super) struct Whom<'a> {
    pub handle: Uuid,
    /// What tells the person apart.
    pub name: &'a str,
    /// What the person is called.
    pub display_name: &'a str,
    /// Keys that exist: their authenticators make no second one.
    pub held: &'a [Passkey],
}

/// This provider, as authenticators know it.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    webauthn: Webauthn,
    origin: String,
    rp_id: String,
}

/// What the browser signed for (§5.8.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

impl RelyingParty {
    /// `None` where the issuer's host is an address, which no key can be bound to.
    pub fn new(config: &Config) -> Option<Self> {
        let (rp_id, origin) = (config.rp_id()?, config.issuer.origin());
        let url = Url::parse(origin).ok()?;
        let builder = WebauthnBuilder::new(rp_id, &url).ok()?.rp_name(&config.branding.name);
        Some(Self { webauthn: builder.build().ok()?, origin: origin.to_owned(), rp_id: rp_id.to_owned() })
    }

    /// The name that keys are bound to.
    pub fn rp_id(&self) -> &str {
        &self.rp_id
    }

    /// What the browser is asked to make: a key that its authenticator can find by itself (§5.4.4, `residentKey`), and
    /// uses for its owner only (`userVerification`).
    pub(super) fn create(&self, whom: &Whom<'_>) -> Result<(Value, PasskeyRegistration), Refusal> {
        let held: Vec<CredentialID> = whom.held.iter().map(|passkey| passkey.key.cred_id().clone()).collect();
        let begun = self.webauthn.start_passkey_registration(whom.handle, whom.name, whom.display_name, Some(held));
        let (options, state) = begun.map_err(|_| Refusal::Invalid)?;
        let mut options = json!(options);
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection").and_then(Value::as_object_mut)
        {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        Ok((options, state))
    }

    /// The key that was made.
    pub(super) fn created(
        &self,
        (id, person_id, now): (String, &str, Time),
        state: &PasskeyRegistration,
        sent: &str,
    ) -> Result<Passkey, Refusal> {
        let sent: RegisterPublicKeyCredential = serde_json::from_str(sent).map_err(|_| Refusal::Invalid)?;
        self.must_be_ours(&sent.response.client_data_json)?;
        let key = self.webauthn.finish_passkey_registration(&sent, state).map_err(|error| refusal(&error))?;
        let aaguid = authenticator_data::aaguid(&sent.response.attestation_object);
        let made = Made { id, person_id: person_id.to_owned(), rp_id: &self.rp_id, aaguid, now };
        Ok(Passkey::fresh(made, key))
    }

    /// What the browser is asked to sign; by one of `held` where there are some, else by whatever key it finds.
    pub(super) fn ask(&self, held: &[Passkey]) -> Result<(Value, DiscoverableAuthentication), Refusal> {
        let begun = self.webauthn.start_discoverable_authentication();
        let (options, state) = begun.map_err(|_| Refusal::Invalid)?;
        let mut options = json!(options);
        let of_these = |passkey: &Passkey| json!({ "type": "public-key", "id": passkey.credential_id, "transports": passkey.transports });
        if let Some(list) = options.pointer_mut("/publicKey/allowCredentials") {
            *list = held.iter().map(of_these).collect();
        }
        Ok((options, state))
    }

    /// Judges a signature by a key that belongs to whom the handle names. A key that found itself must tell whose it is;
    /// one of those that were named (`names_keys`) may leave that out, and must not tell another (§7.2, step 6).
    pub(super) fn signed(
        &self,
        (state, names_keys): (DiscoverableAuthentication, bool),
        sent: &PublicKeyCredential,
        (passkey, handle): (&Passkey, &str),
    ) -> Result<AuthenticationResult, Refusal> {
        self.must_be_ours(&sent.response.client_data_json)?;
        let told = sent.response.user_handle.as_deref().filter(|bytes| !bytes.is_empty());
        let is_theirs = match told.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)) {
            Some(told) => told == handle,
            None => names_keys,
        };
        if passkey.rp_id != self.rp_id || !is_theirs {
            return Err(Refusal::Invalid);
        }
        let judged = self.webauthn.finish_discoverable_authentication_v2(sent, state, &passkey.key);
        judged.map_err(|error| refusal(&error))
    }

    /// The library takes every URL of our origin; what a browser writes is the origin, letter by letter, and no frame of
    /// another site has business here (§7.1 steps 9 to 11, §7.2 steps 12 to 14).
    fn must_be_ours(&self, client_data: &[u8]) -> Result<(), Refusal> {
        let data: ClientData = serde_json::from_slice(client_data).map_err(|_| Refusal::Invalid)?;
        if data.origin == self.origin && !data.cross_origin { Ok(()) } else { Err(Refusal::Invalid) }
    }
}

fn refusal(error: &WebauthnError) -> Refusal {
    match error {
        WebauthnError::UserNotVerified => Refusal::Unverified,
        WebauthnError::CredentialPossibleCompromise => Refusal::Copied,
        _ => Refusal::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Layers;

    fn config(toml: &str) -> Config {
        Layers::default().text("t", toml).load().unwrap()
    }

    #[test]
    fn aut_19_the_name_is_the_issuers_host_unless_the_operator_says_a_domain_above_it() {
        let party = RelyingParty::new(&config("issuer = \"https://id.example.com\"")).unwrap();
        assert_eq!(party.rp_id(), "id.example.com");
        let party = RelyingParty::new(&config("issuer = \"https://id.example.com\"\nwebauthn.rp_id = \"example.com\""));
        assert_eq!(party.unwrap().rp_id(), "example.com");
        assert!(RelyingParty::new(&config("issuer = \"http://127.0.0.1:8080\"")).is_none());
    }

    #[test]
    fn aut_19_the_origin_is_compared_letter_by_letter() {
        let party = RelyingParty::new(&config("issuer = \"https://id.example.com/auth\"")).unwrap();
        let judge = |origin: &str, cross: bool| {
            party.must_be_ours(json!({ "origin": origin, "crossOrigin": cross }).to_string().as_bytes())
        };
        assert_eq!(judge("https://id.example.com", false), Ok(()));
        assert_eq!(judge("https://id.example.com", true), Err(Refusal::Invalid));
        for origin in [
            "https://id.example.com/",
            "https://id.example.com:443",
            "http://id.example.com",
            "https://a.id.example.com",
            "https://xid.example.com",
            "https://example.com",
            "null",
        ] {
            assert_eq!(judge(origin, false), Err(Refusal::Invalid), "{origin}");
        }
    }
}
