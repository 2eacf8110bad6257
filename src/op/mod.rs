//! The OpenID Provider: a folder per endpoint of the metadata document, and the context that they share.

pub mod authorize;
pub mod client_auth;
pub mod discovery;
pub mod encryption;
pub mod feature;
pub mod grants;
pub mod introspection;
pub mod letters;
pub mod logout;
pub mod notice;
pub mod page;
pub mod permission;
pub mod profile_form;
pub mod proofs;
pub mod refusal;
pub mod registration;
pub mod revocation;
pub mod session_management;
pub mod session_state;
pub mod token;
pub mod userinfo;

use crate::model::client::Clients;
use crate::model::credential::passkey::Passkeys;
use crate::model::key::KeyRing;
use crate::model::key::sightings::Sightings;
use crate::model::session::Browsers;
use crate::platform::brand::Looks;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::Config;
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::egress::Egress;
use crate::platform::ephemeral::{Slot, Slots};
use crate::platform::freshness::Freshness;
use crate::platform::http::cookies::Cookies;
use crate::platform::i18n::{Texts, Wishes};
use crate::platform::mail::Mailer;
use crate::platform::outbox::Outbox;
use crate::platform::password::Passwords;
use crate::platform::random::Random;
use crate::platform::throttle::Throttle;
use crate::tokens::Mint;
use crate::tokens::code::AuthorizationCode;
use crate::tokens::ending::{BACKCHANNEL_LOGOUT, By, Closing};
use feature::Feature;
use std::sync::Arc;

/// What every slice works with. Made once, in `app`.
pub struct Op {
    /// The operator's word.
    pub config: Arc<Config>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The durable store.
    pub db: Db,
    /// The short-lived store.
    pub slots: Slots,
    /// Keyed hashes.
    pub pepper: Pepper,
    /// Tells when caches are stale.
    pub freshness: Freshness,
    /// Messages that must leave.
    pub outbox: Outbox,
    /// What letters leave by.
    pub mailer: Mailer,
    /// Keys that sign and decrypt.
    pub keys: KeyRing,
    /// Who fetched the JWKS, and where clients' servers are.
    pub sightings: Sightings,
    /// Registered clients.
    pub clients: Clients,
    /// Who is signed in where.
    pub browsers: Browsers,
    /// Codes that wait to be redeemed.
    pub codes: Slot<AuthorizationCode>,
    /// Authorization requests that wait for a person.
    pub interactions: Slot<authorize::interaction::Interaction>,
    /// Where refusals are remembered for `explain`.
    pub refusals: refusal::Refusals,
    /// The only mint.
    pub mint: Mint,
    /// The bounded pool of argon2.
    pub passwords: Passwords,
    /// Makes and asks for passkeys; none where the issuer's host is an address.
    pub passkeys: Option<Passkeys>,
    /// Delays after failures.
    pub throttle: Throttle,
    /// Outgoing fetches.
    pub egress: Egress,
    /// The clients' keys by reference.
    pub client_keys: client_auth::keys::ClientKeys,
    /// The clients' secrets whose text is needed.
    pub shared_secrets: client_auth::shared_secrets::SharedSecrets,
    /// Request objects by reference that never change.
    pub request_objects: authorize::request_object::RequestObjects,
    /// The operator's name, pictures, colours and words.
    pub looks: Arc<Looks>,
    /// What is switched on: the one list in `app`.
    pub features: Vec<Feature>,
    /// The metadata document and the JWKS, rendered once a change.
    pub documents: discovery::Documents,
}

impl Op {
    /// The present.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The issuer, byte for byte as configured.
    pub fn issuer(&self) -> &str {
        self.config.issuer.as_str()
    }

    /// Our cookies.
    pub fn cookies(&self) -> Cookies {
        Cookies::new(&self.config.issuer)
    }

    /// A path below the issuer, as our pages link it.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.config.issuer.prefix())
    }

    /// The first language that can be had, in the operator's words and ours.
    pub fn texts(&self, wishes: &Wishes<'_>) -> Texts {
        let wishes = Wishes { default_locale: &self.config.default_locale, ..*wishes };
        Texts::of(&wishes).with_words(self.looks.words.as_ref())
    }

    /// How a person's sessions end by their own doing: see `tokens::ending::store::end_of_person`.
    pub fn closing(&self, reason: &'static str) -> Closing {
        let (random, now) = (Arc::clone(&self.random), self.now());
        Closing { reason, tells_clients: self.has_feature(BACKCHANNEL_LOGOUT), by: By::ThePerson, random, now }
    }

    /// A new id.
    pub fn new_id(&self) -> String {
        crate::platform::id::new(self.now(), self.random.as_ref())
    }
}
