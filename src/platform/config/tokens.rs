//! `tokens.*` and `pkce.*`: what is issued, and for how long.

use super::duration::OrZero;
use super::keys::Algorithm;
use super::reader::Reader;
use super::value::{Raw, Setting, one_of};
use crate::protocol::client_metadata::IdClaims;
use std::time::Duration;

/// Lifetimes of what the provider issues.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// `tokens.code`: at most ten minutes (RFC 6749 §4.1.2).
    pub code: Duration,
    /// `tokens.access`
    pub access: Duration,
    /// `tokens.access_signing_alg`: what signs access tokens without a resource, which only this provider reads.
    /// Absent: ES256, where `keys.algorithms` has it.
    pub access_signing_alg: Option<Algorithm>,
    /// `tokens.id`
    pub id: Duration,
    /// `tokens.refresh_idle`: unused for so long, a refresh token ends.
    pub refresh_idle: Duration,
    /// `tokens.refresh_absolute`: a family ends, however much it is used.
    pub refresh_absolute: Duration,
    /// `tokens.refresh_grace`: so long a client that lost the answer may ask again with the former token;
    /// `0s`: not at all.
    pub refresh_grace: Duration,
    /// `tokens.id_claims`: what ID tokens from the token endpoint carry of a person.
    pub id_claims: IdClaims,
}

impl Default for Tokens {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self {
            code: Duration::from_secs(60),
            access: Duration::from_secs(600),
            access_signing_alg: None,
            id: Duration::from_secs(600),
            refresh_idle: days(14),
            refresh_absolute: days(90),
            refresh_grace: Duration::from_secs(20),
            id_claims: IdClaims::Scope,
        }
    }
}

impl Tokens {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("tokens.code", &mut self.code);
        reader.read("tokens.access", &mut self.access);
        reader.read("tokens.access_signing_alg", &mut self.access_signing_alg);
        reader.read("tokens.id", &mut self.id);
        reader.read("tokens.refresh_idle", &mut self.refresh_idle);
        reader.read("tokens.refresh_absolute", &mut self.refresh_absolute);
        let mut grace = OrZero(self.refresh_grace);
        reader.read("tokens.refresh_grace", &mut grace);
        self.refresh_grace = grace.0;
        reader.read("tokens.id_claims", &mut self.id_claims);
        let (minutes, day) = (Duration::from_secs(600), Duration::from_secs(86_400));
        reader.require(self.code <= minutes, "tokens.code", "must be at most `10m` (RFC 6749 §4.1.2)");
        reader.require(self.access <= day, "tokens.access", "must be at most `1d`");
        reader.require(self.id <= day, "tokens.id", "must be at most `1d`");
        // A long grace gives a thief the same time as a client with a bad line.
        reader.require(self.refresh_grace <= minutes / 10, "tokens.refresh_grace", "must be at most `60s`");
        let ordered = self.refresh_idle <= self.refresh_absolute;
        reader.require(ordered, "tokens.refresh_idle", "must not exceed `tokens.refresh_absolute`");
    }
}

impl Setting for IdClaims {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &IdClaims::ALL.map(|claims| (claims.as_str(), claims)))
    }
}

/// Which clients must use PKCE (RFC 7636).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequirePkce {
    /// Every client, also a confidential one that sends an OpenID nonce.
    All,
    /// Public clients; a confidential client PKCE or an OpenID nonce (RFC 9700 §2.1.1).
    Rfc9700,
    /// Clients that keep no secret.
    Public,
    /// No client, unless its own registration requires it: for conformance runs.
    Off,
}

impl Setting for RequirePkce {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("all", Self::All), ("rfc9700", Self::Rfc9700), ("public", Self::Public), ("off", Self::Off)])
    }
}
