//! `registration.*`, `session.*`, `password.*`, `throttle.*`: who comes in, how long, how often.

use super::rate::Rate;
use super::reader::Reader;
use super::value::{Raw, Setting, one_of};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Who may register clients by themselves (RFC 7591).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Nobody: the endpoint does not exist.
    #[default]
    Off,
    /// Bearers of an initial access token.
    Token,
    Open,
}

impl Setting for RegistrationMode {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("off", Self::Off), ("token", Self::Token), ("open", Self::Open)])
    }
}

/// `registration.*`
#[derive(Debug, Clone)]
pub struct Registration {
    /// `registration.mode`
    pub mode: RegistrationMode,
    /// `registration.scopes`: the operator's scopes that clients may register for themselves.
    pub scopes: Vec<String>,
    /// `registration.localhost`: web applications too may answer at `http://localhost` and loopback addresses.
    pub localhost: bool,
    /// `registration.unused_expire`: a client that has not been used for this long after its registration is deleted.
    pub unused_expire: Duration,
    /// `registration.software_statement_issuers.NAME`
    pub software_statement_issuers: BTreeMap<String, SoftwareStatementIssuer>,
}

/// Whose software statements count (RFC 7591 §2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoftwareStatementIssuer {
    /// The `iss` of its statements.
    pub issuer: String,
    /// Its public keys: a JWK Set, read at each use.
    pub jwks_file: PathBuf,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::Off,
            scopes: Vec::new(),
            localhost: false,
            unused_expire: Duration::from_secs(30 * 86_400),
            software_statement_issuers: BTreeMap::new(),
        }
    }
}

const STATEMENTS: [&str; 2] = ["registration", "software_statement_issuers"];

impl Registration {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("registration.mode", &mut self.mode);
        reader.read("registration.scopes", &mut self.scopes);
        reader.read("registration.localhost", &mut self.localhost);
        reader.read("registration.unused_expire", &mut self.unused_expire);
        let hour = Duration::from_secs(3600);
        // A client that has just registered needs time to be used.
        reader.require(self.unused_expire >= hour, "registration.unused_expire", "must be at least `1h`");
        for name in reader.names_below(&STATEMENTS) {
            let path = |field: &str| {
                [&STATEMENTS[..], &[&name, field]].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            let mut issuer = SoftwareStatementIssuer::default();
            reader.read_path(path("issuer"), &mut issuer.issuer);
            reader.read_path(path("jwks_file"), &mut issuer.jwks_file);
            let whole = !issuer.issuer.is_empty() && issuer.jwks_file.as_os_str() != "";
            let key = format!("{}.{name}", STATEMENTS.join("."));
            reader.require(whole, &key, "must have an `issuer` and a `jwks_file`");
            self.software_statement_issuers.insert(name, issuer);
        }
    }
}

/// `session.*`: how long a browser stays signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// `session.idle`: without a visit.
    pub idle: Duration,
    /// `session.absolute`: however often it visits.
    pub absolute: Duration,
    /// `session.per_person`: of the sessions that one person has at a time, the oldest beyond so many end.
    pub per_person: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self { idle: Duration::from_secs(2 * 3600), absolute: Duration::from_secs(86_400), per_person: 100 }
    }
}

impl Session {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("session.idle", &mut self.idle);
        reader.read("session.absolute", &mut self.absolute);
        reader.require(self.idle <= self.absolute, "session.idle", "must not exceed `session.absolute`");
        reader.read("session.per_person", &mut self.per_person);
        reader.require((1..=10_000).contains(&self.per_person), "session.per_person", "must be from 1 to 10000");
    }
}

/// `account.*`: what people do with their own accounts.
#[derive(Debug, Clone)]
pub struct Account {
    /// `account.delete_after`: how long people can still cancel the deletion of their account.
    pub delete_after: Duration,
}

impl Default for Account {
    fn default() -> Self {
        Self { delete_after: Duration::from_secs(14 * 86_400) }
    }
}

impl Account {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("account.delete_after", &mut self.delete_after);
        // A longer period would not be a deletion.
        let year = Duration::from_secs(366 * 86_400);
        reader.require(self.delete_after <= year, "account.delete_after", "must not exceed a year");
    }
}

/// `webauthn.*`
#[derive(Debug, Clone, Default)]
pub struct Webauthn {
    /// `webauthn.rp_id`: the name that passkeys are bound to; none stands for the issuer's host.
    pub rp_id: Option<String>,
}

impl Webauthn {
    /// Browsers let a page use its own host or a registrable domain above it (Web Authentication §5.1.3, step 8); which
    /// suffixes are public is for them to know.
    pub(super) fn read(&mut self, reader: &mut Reader, host: &str) {
        reader.read("webauthn.rp_id", &mut self.rp_id);
        let is_above = |name: &String| {
            name.contains('.') && host.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
        };
        let fits = self.rp_id.as_ref().is_none_or(|name| name == host || is_above(name));
        reader.require(
            fits,
            "webauthn.rp_id",
            &format!("must be `{host}`, or a domain above it such as `example.com`"),
        );
    }
}

/// `password.*`
#[derive(Debug, Clone)]
pub struct Password {
    /// `password.minimum_length`: in characters, for passwords that people choose. NIST SP 800-63B-4 §3.1.1.2
    /// asks for 15 where the password is the only factor.
    pub minimum_length: u32,
    /// `password.minimum_strength`: the least score of zxcvbn, from 0 (any) to 4, for passwords that people choose.
    pub minimum_strength: u32,
    /// `password.breached_directory`: range files of breached passwords, one for each five hex digits of SHA-1.
    pub breached_directory: Option<PathBuf>,
}

impl Default for Password {
    fn default() -> Self {
        Self { minimum_length: 15, minimum_strength: 3, breached_directory: None }
    }
}

impl Password {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("password.minimum_length", &mut self.minimum_length);
        let in_range = (8..=64).contains(&self.minimum_length);
        // Below 8 nothing helps; above 64 no one could choose a pass phrase (NIST SP 800-63B-4 §3.1.1.2).
        reader.require(in_range, "password.minimum_length", "must be from 8 to 64");
        reader.read("password.minimum_strength", &mut self.minimum_strength);
        reader.require(self.minimum_strength <= 4, "password.minimum_strength", "must be from 0 to 4");
        reader.read("password.breached_directory", &mut self.breached_directory);
    }
}

/// `throttle.*`: `None` is off. Sign-in limits count failures only.
#[derive(Debug, Clone)]
pub struct Throttle {
    /// `throttle.sign_in_account`: for one person.
    pub sign_in_account: Option<Rate>,
    /// `throttle.sign_in_address`: from one address.
    pub sign_in_address: Option<Rate>,
    /// `throttle.sign_in_network`: from one /24 or /64.
    pub sign_in_network: Option<Rate>,
    /// `throttle.registration_address`: of clients, from one address.
    pub registration_address: Option<Rate>,
    /// `throttle.mail_account`: emails with a code that anyone can ask for, to one person.
    pub mail_account: Option<Rate>,
    /// `throttle.mail_address`: the same, asked for from one address.
    pub mail_address: Option<Rate>,
    /// `throttle.interaction_network`: sign-ins and sign-outs begun from one /24 or /64; each is kept for a while.
    pub interaction_network: Option<Rate>,
    /// `throttle.par_client`: pushed requests of one client (RFC 9126). Read for files that have it; nothing uses it yet.
    pub par_client: Option<Rate>,
    /// `throttle.token_client`: token requests of one client.
    pub token_client: Option<Rate>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            sign_in_account: Some(Rate::new(5, 900)),
            sign_in_address: Some(Rate::new(20, 60)),
            sign_in_network: Some(Rate::new(30, 60)),
            registration_address: Some(Rate::new(5, 3600)),
            mail_account: Some(Rate::new(3, 3600)),
            mail_address: Some(Rate::new(10, 3600)),
            interaction_network: Some(Rate::new(600, 60)),
            par_client: Some(Rate::new(30, 60)),
            token_client: None,
        }
    }
}

impl Throttle {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("throttle.sign_in_account", &mut self.sign_in_account);
        reader.read("throttle.sign_in_address", &mut self.sign_in_address);
        reader.read("throttle.sign_in_network", &mut self.sign_in_network);
        reader.read("throttle.registration_address", &mut self.registration_address);
        reader.read("throttle.mail_account", &mut self.mail_account);
        reader.read("throttle.mail_address", &mut self.mail_address);
        reader.read("throttle.interaction_network", &mut self.interaction_network);
        reader.read("throttle.par_client", &mut self.par_client);
        reader.read("throttle.token_client", &mut self.token_client);
    }
}
