//! Configuration: defaults < file < environment < flags.
//!
//! [`Layers`] names the sources and gives a [`Config`], or every problem at once, each with the place it stands at.
//! A new key is one field and one `read` line in its section's file, and a paragraph in
//! `docker/latchkey.example.toml` (a test compares the two).

mod access;
mod branding;
mod check;
mod database;
mod duration;
mod feature_name;
mod issuer;
mod keys;
mod layers;
mod listening;
mod look;
mod mail;
mod people;
mod profile;
mod rate;
mod reader;
mod store_url;
mod tokens;
mod value;

pub use access::{Resource, Scope, TokenFormat};
pub use branding::Branding;
pub use check::Finding;
pub use database::{Database, DatabaseUrl, EphemeralUrl, Events};
pub use feature_name::FeatureName;
pub use issuer::{Issuer, IssuerError};
pub use keys::{Algorithm, Keys, MasterKey, MasterKeyError};
pub use layers::{Layers, Origin};
pub use listening::{Egress, Management, Proxy, Tls};
pub use look::{Log, LogFormat, LogLevel, Telemetry};
pub use mail::{Mail, SignupMode, SmtpSecurity, SmtpServer};
pub use people::{
    Account, Password, Registration, RegistrationMode, Session, SoftwareStatementIssuer, Throttle, Webauthn,
};
pub use profile::{Field, FieldKind, Profile, Who};
pub use rate::Rate;
pub use reader::{ConfigError, Problem};
pub use tokens::{RequirePkce, Tokens};

use crate::protocol::claims;
use reader::Reader;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// Everything that an operator can set. A value of this type has passed every rule that a single key can break;
/// what only `serve` minds is in [`Config::check_for_serve`].
#[derive(Debug, Clone)]
pub struct Config {
    /// `issuer`: the one name of this provider, in metadata, tokens and links.
    pub issuer: Issuer,
    /// `listen`: where the public listener binds.
    pub listen: SocketAddr,
    /// `management.*`
    pub management: Management,
    /// `tls.*`
    pub tls: Tls,
    /// `proxy.*`
    pub proxy: Proxy,
    /// `database.*`
    pub database: Database,
    /// `ephemeral.url`, or what is derived from the database; absent only with PostgreSQL.
    pub ephemeral: Option<EphemeralUrl>,
    /// `events.*`
    pub events: Events,
    /// `keys.*`
    pub keys: Keys,
    /// `tokens.*`
    pub tokens: Tokens,
    /// `pkce.require`
    pub require_pkce: RequirePkce,
    /// `egress.*`
    pub egress: Egress,
    /// `registration.*`
    pub registration: Registration,
    /// `legacy.implicit`: clients may register response types that contain `token` or `id_token`.
    pub legacy_implicit: bool,
    /// `features.NAME`
    pub features: BTreeMap<String, bool>,
    /// `scopes.NAME`
    pub scopes: BTreeMap<String, Scope>,
    /// `resources.NAME`
    pub resources: BTreeMap<String, Resource>,
    /// `profile.*`
    pub profile: Arc<Profile>,
    /// `session.*`
    pub session: Session,
    /// `account.*`
    pub account: Account,
    /// `password.*`
    pub password: Password,
    /// `webauthn.*`
    pub webauthn: Webauthn,
    /// `throttle.*`
    pub throttle: Throttle,
    /// `branding.*`
    pub branding: Branding,
    /// `i18n.default_locale`: a BCP 47 tag.
    pub default_locale: String,
    /// `mail.*`
    pub mail: Mail,
    /// `signup.mode`
    pub signup: SignupMode,
    /// `log.*`
    pub log: Log,
    /// `telemetry.*`
    pub telemetry: Telemetry,
    origins: BTreeMap<String, Origin>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: Issuer::default(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            management: Management::default(),
            tls: Tls::default(),
            proxy: Proxy::default(),
            database: Database::default(),
            ephemeral: Database::default().url.ephemeral(),
            events: Events::default(),
            keys: Keys::default(),
            tokens: Tokens::default(),
            require_pkce: RequirePkce::Rfc9700,
            egress: Egress::default(),
            registration: Registration::default(),
            legacy_implicit: false,
            features: BTreeMap::new(),
            scopes: BTreeMap::new(),
            resources: BTreeMap::new(),
            profile: Arc::default(),
            session: Session::default(),
            account: Account::default(),
            password: Password::default(),
            webauthn: Webauthn::default(),
            throttle: Throttle::default(),
            branding: Branding::default(),
            default_locale: "en".to_owned(),
            mail: Mail::default(),
            signup: SignupMode::Off,
            log: Log::default(),
            telemetry: Telemetry::default(),
            origins: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Where `key` (dotted) was set.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }

    /// Whether the operator switched the feature `name`; `None` leaves it to the feature's own default.
    pub fn feature(&self, name: FeatureName) -> Option<bool> {
        self.features.get(name.as_str()).copied()
    }

    /// The name that passkeys are bound to (Web Authentication §4, RP ID); none where the issuer's host is an address, to
    /// which they can't be.
    pub fn rp_id(&self) -> Option<&str> {
        let host = self.issuer.host();
        let is_name = host.parse::<std::net::Ipv4Addr>().is_err() && !host.starts_with('[');
        is_name.then(|| self.webauthn.rp_id.as_deref().unwrap_or(host))
    }

    /// Features in the configuration that there are not.
    pub fn unknown_features(&self) -> Vec<Problem> {
        let unknown = self.features.keys().filter(|name| FeatureName::parse(name).is_none());
        unknown.map(|name| Problem::unknown_feature(name, self.origin(&format!("features.{name}")))).collect()
    }

    fn read(reader: &mut Reader) -> Self {
        let mut config = Self::default();
        reader.read("issuer", &mut config.issuer);
        reader.read("listen", &mut config.listen);
        config.management.read(reader);
        config.tls.read(reader);
        config.proxy.read(reader);
        config.database.read(reader);
        config.ephemeral = config.database.url.ephemeral();
        reader.read_secret("ephemeral.url", &mut config.ephemeral);
        config.events.read(reader);
        config.keys.read(reader);
        config.tokens.read(reader);
        reader.read("pkce.require", &mut config.require_pkce);
        config.egress.read(reader);
        config.registration.read(reader);
        reader.read("legacy.implicit", &mut config.legacy_implicit);
        config.features = access::read_features(reader);
        config.scopes = access::read_scopes(reader);
        config.resources = access::read_resources(reader);
        let open = config.registration.scopes.iter().all(|scope| config.scopes.contains_key(scope));
        reader.require(open, "registration.scopes", "must name scopes that are defined in `scopes`");
        let profile = Profile::read(reader);
        for field in &profile.fields {
            let scope = field.scope.as_deref();
            let is_known =
                scope.is_none_or(|scope| claims::is_standard_scope(scope) || config.scopes.contains_key(scope));
            reader.require(
                is_known,
                &format!("profile.fields.{}.scope", field.name),
                "must be a standard scope or be defined in `scopes`",
            );
        }
        config.profile = Arc::new(profile);
        config.session.read(reader);
        config.account.read(reader);
        config.password.read(reader);
        config.webauthn.read(reader, config.issuer.host());
        config.throttle.read(reader);
        config.branding.read(reader);
        look::read_locale(reader, &mut config.default_locale);
        config.mail.read(reader, config.issuer.host());
        mail::read_signup(reader, &mut config.signup, &config.mail);
        config.log.read(reader);
        config.telemetry.read(reader);
        config.origins = reader.origins();
        config
    }
}

#[cfg(test)]
mod tests;
