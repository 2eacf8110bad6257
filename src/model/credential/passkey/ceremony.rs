//! Ceremonies: a challenge waits in the short-lived store for one answer. The judge of single use is the database.

use super::relying_party::Whom;
use super::{Passkey, Refusal, RelyingParty};
use crate::platform::clock::Time;
use crate::platform::config::Config;
use crate::platform::ephemeral::{Namespace, Slot, Slots};
use crate::platform::error::Unavailable;
use crate::platform::random::{self, Random};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential};

/// How long a challenge waits.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A key that is being made.
#[derive(Serialize, Deserialize)]
struct Enrolment {
    person_id: String,
    state: PasskeyRegistration,
}

/// A signature that was asked for.
#[derive(Serialize, Deserialize)]
pub struct Request {
    state: DiscoverableAuthentication,
    /// Whether the keys were named that may answer.
    #[serde(default)]
    names_keys: bool,
}

/// A signature that was right.
#[derive(Clone)]
pub struct Used {
    /// The key, with what the signature told of it.
    pub passkey: Passkey,
    pub challenge: Vec<u8>,
}

/// Makes and asks for passkeys.
pub struct Passkeys {
    party: RelyingParty,
    enrolments: Slot<Enrolment>,
    requests: Slot<Request>,
}

impl Passkeys {
    /// `None` where keys cannot be bound to the issuer's host.
    pub fn new(config: &Config, slots: &Slots) -> Option<Self> {
        Some(Self {
            party: RelyingParty::new(config)?,
            enrolments: slots.slot(Namespace::PasskeyEnrolment),
            requests: slots.slot(Namespace::PasskeyRequest),
        })
    }

    /// A handle for somebody who has none yet (Web Authentication §14.6.1: it says nothing of the person).
    pub fn handle(random: &dyn Random) -> String {
        super::text(uuid::Builder::from_random_bytes(random::bytes::<16>(random)).into_uuid().as_bytes())
    }

    /// Asks for a new key in a session: the options for the browser. A challenge that waited there is void.
    ///
    /// # Errors
    /// When the store does not answer; the same for every function here.
    pub async fn create(
        &self,
        session: &str,
        (person_id, handle): (&str, &str),
        (name, display_name): (&str, &str),
        held: &[Passkey],
    ) -> Result<Value, Unavailable> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(handle).unwrap_or_default();
        let handle = Uuid::from_slice(&bytes).map_err(Unavailable::new)?;
        let begun = self.party.create(&Whom { handle, name, display_name, held });
        let (options, state) = begun.map_err(|_| Unavailable::new("cannot start a passkey ceremony"))?;
        let enrolment = Enrolment { person_id: person_id.to_owned(), state };
        self.enrolments.put(session, &enrolment, LIFETIME).await?;
        Ok(options)
    }

    /// The key that was made in answer; it has no name yet.
    pub async fn created(
        &self,
        session: &str,
        person_id: &str,
        sent: &str,
        (id, now): (String, Time),
    ) -> Result<Result<Passkey, Refusal>, Unavailable> {
        let waiting = self.enrolments.take(session).await?.filter(|enrolment| enrolment.person_id == person_id);
        Ok(waiting
            .ok_or(Refusal::Expired)
            .and_then(|enrolment| self.party.created((id, person_id, now), &enrolment.state, sent)))
    }

    /// Asks for a signature in an interaction: the options for the browser. A challenge that waited there is void.
    pub async fn ask(&self, interaction: &str, held: &[Passkey]) -> Result<Value, Unavailable> {
        let asked = self.party.ask(held);
        let (options, state) = asked.map_err(|_| Unavailable::new("cannot start a passkey ceremony"))?;
        self.requests.put(interaction, &Request { state, names_keys: !held.is_empty() }, LIFETIME).await?;
        Ok(options)
    }

    /// What was asked for in an interaction: of any number of answers one gets it.
    pub async fn take(&self, interaction: &str) -> Result<Option<Request>, Unavailable> {
        self.requests.take(interaction).await
    }

    /// Judges an answer. That the challenge was not answered before, and that the counter went on, is for
    /// [`super::store::spend`] to say.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn judge(&self, request: Request, sent: &Answer, held: (&Passkey, &str)) -> Result<Used, Refusal> {
        let challenge = serde_json::json!(request.state);
        let asked = (request.state, request.names_keys);
        let result = self.party.signed(asked, &sent.0, held)?;
        let mut passkey = held.0.clone();
        passkey.key.update_credential(&result);
        passkey.counter = result.counter().into();
        passkey.backup_state = result.backup_state();
        let challenge = challenge.pointer("/ast/challenge").map(Value::to_string).unwrap_or_default().into_bytes();
        Ok(Used { passkey, challenge })
    }
}

/// What a browser answered.
pub struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads it.
    ///
    /// # Errors
    /// When it is unreadable.
    pub fn read(sent: &str) -> Result<Self, Refusal> {
        serde_json::from_str(sent).map(Self).map_err(|_| Refusal::Invalid)
    }

    /// Which key it claims to be by, as the store has it.
    pub fn credential_id(&self) -> String {
        super::text(self.0.get_credential_id())
    }
}
