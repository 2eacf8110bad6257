//! The OpenID Provider: a folder per endpoint of the metadata document, and the context that they share.

pub mod assembly;
pub mod authorize;
pub mod client_auth;
pub mod deliveries;
pub mod discovery;
pub mod encryption;
pub mod feature;
pub mod grants;
pub mod housekeeping;
pub mod hubs;
pub mod introspection;
pub mod letters;
pub mod logout;
pub mod metadata;
pub mod notice;
pub mod page;
pub mod permission;
pub mod pictures;
pub mod proof_by_mail;
pub mod proofs;
pub mod refusal;
pub mod registration;
pub mod revocation;
pub mod session_management;
pub mod session_state;
pub mod sign_in;
pub mod signed_in;
pub mod token;
pub mod userinfo;

use crate::model::client::Clients;
use crate::model::client::secret::SecretSealing;
use crate::model::credential::passkey::Passkeys;
use crate::model::end_reason::EndReason;
use crate::model::key::KeyRing;
use crate::model::key::sightings::Sightings;
use crate::model::session::Browsers;
use crate::pages::looks::Looks;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{Config, FeatureName};
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::egress::Egress;
use crate::platform::ephemeral::Slots;
use crate::platform::freshness::Freshness;
use crate::platform::http::cookies::Cookies;
use crate::platform::i18n::{Texts, Wishes};
use crate::platform::mail::Mailer;
use crate::platform::outbox::Outbox;
use crate::platform::password::Passwords;
use crate::platform::paths::Below;
use crate::platform::random::Random;
use crate::platform::throttle::Throttle;
use crate::tokens::Mint;
use crate::tokens::ending::{By, Closing};
use authorize::interaction::Interactions;
use feature::Features;
use hubs::Started;
use metadata::Documents;
use refusal::Refusals;
use std::sync::{Arc, OnceLock};

/// The provider's shared state. What only one slice needs is in a struct of that slice, created once by
/// its `feature()`; only the files beside the hubs add methods here.
pub struct Op {
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub db: Db,
    pub slots: Slots,
    pub pepper: Pepper,
    pub freshness: Freshness,
    pub outbox: Outbox,
    pub mailer: Mailer,
    /// Keys that sign and decrypt.
    pub keys: KeyRing,
    /// Who fetched the JWKS, and where clients' servers are.
    pub sightings: Arc<Sightings>,
    pub clients: Clients,
    /// Who is signed in where.
    pub browsers: Browsers,
    /// Requests that wait for a person.
    pub interactions: Interactions,
    /// Where refusals are remembered for `explain`.
    pub refusals: Refusals,
    /// The only mint.
    pub mint: Arc<Mint>,
    /// The bounded pool of argon2.
    pub passwords: Passwords,
    /// Creates and verifies passkeys; none where the issuer's host is an IP address.
    pub passkeys: Option<Passkeys>,
    pub throttle: Throttle,
    pub egress: Arc<Egress>,
    /// The operator's name, pictures, colours and words.
    pub looks: Arc<Looks>,
    /// The one list of `app`, and what of it is on.
    pub features: Arc<Features>,
    /// The metadata document and the JWKS, rendered once a change.
    documents: Documents,
    /// Set once, after all of the above.
    started: OnceLock<Started>,
}

impl Op {
    /// Whether a feature is on.
    pub fn has_feature(&self, name: FeatureName) -> bool {
        self.features.has(name)
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The issuer, byte for byte as configured.
    pub fn issuer(&self) -> &str {
        self.config.issuer.as_str()
    }

    pub fn cookies(&self) -> Cookies {
        Cookies::new(&self.config.issuer)
    }

    /// A path of ours, as our pages link it.
    pub fn path(&self, path: impl Below) -> String {
        format!("{}{path}", self.config.issuer.prefix())
    }

    /// The first available language, with the operator's own texts.
    pub fn texts(&self, wishes: &Wishes<'_>) -> Texts {
        let wishes = Wishes { default_locale: &self.config.default_locale, ..*wishes };
        Texts::of(&wishes).with_words(self.looks.words.as_ref())
    }

    /// How a person ends their own sessions: see `tokens::ending::store::end_of_person`.
    pub fn closing(&self, reason: EndReason) -> Closing {
        let (random, now) = (Arc::clone(&self.random), self.now());
        Closing {
            reason,
            tells_clients: self.has_feature(FeatureName::BackchannelLogout),
            by: By::ThePerson,
            random,
            now,
        }
    }

    /// Hashes new client secrets.
    pub fn secret_sealing(&self) -> SecretSealing {
        let (pepper, masters) = (self.pepper.clone(), Arc::clone(self.keys.masters()));
        SecretSealing { pepper, masters, random: Arc::clone(&self.random) }
    }

    pub fn new_id(&self) -> String {
        crate::platform::id::new(self.now(), self.random.as_ref())
    }
}
