//! Token families: all tokens of one authorization. One row per family; refresh tokens are derived, not stored.
//!
//! A refresh token names its family and generation and carries a MAC of both under the pepper and the family's secret.
//! Rotation is one conditional update of the generation, so of any number of concurrent uses one wins; a use of the
//! generation before, inside the grace, derives the winner's token again; any older use ends the family (RFC 9700 §4.14.2).

mod at_once;
pub mod store;

use crate::platform::clock::Time;
use crate::platform::crypto::{OpaqueToken, Pepper, TokenKind};
use crate::protocol::claims::Locales;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::confirmation::Binding;
use crate::protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was authorized, as every later refresh needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Authorized {
    /// The granted scope, in the order it was asked for.
    pub scope: Scope,
    /// The granted resources (RFC 8707).
    #[serde(default)]
    pub resources: Vec<String>,
    /// When the person authenticated.
    pub auth_time: Time,
    pub acr: Option<String>,
    /// By which means (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
    /// The claims that were asked for by name.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    #[serde(default, skip_serializing_if = "Locales::is_empty")]
    pub claims_locales: Locales,
}

/// A family of tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// UUIDv7.
    pub id: String,
    /// Whose tokens they are.
    pub client_id: String,
    pub person_id: String,
    /// The person's epoch when it began.
    pub person_epoch: i64,
    /// The session that it came from.
    pub session_id: Option<String>,
    /// Whether it outlives that session (offline_access).
    pub offline: bool,
    pub authorized: Authorized,
    /// Random; see the module.
    pub secret: String,
    /// The generation of the newest refresh token; 0 when none was issued.
    pub generation: i64,
    /// When that one was issued.
    pub rotated_at: Time,
    /// When it ends if it is not used.
    pub idle_until: Time,
    /// When the family ends whatever happens.
    pub expires_at: Time,
    /// Whether it was revoked.
    pub revoked: bool,
    /// What its tokens are bound to; none are bearer tokens.
    pub binding: Option<Binding>,
}

/// A family that has not begun: only the transaction that starts it reads the epoch of its person.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFamily {
    /// UUIDv7.
    pub id: String,
    pub client_id: String,
    pub person_id: String,
    /// The session that it comes from.
    pub session_id: String,
    /// Whether it outlives that session (offline_access).
    pub offline: bool,
    pub authorized: Authorized,
    /// Random; see the module.
    pub secret: String,
    /// The generation of the first refresh token; 0 when none is issued.
    pub generation: i64,
    pub starts_at: Time,
    /// When it ends if it is not used.
    pub idle_until: Time,
    /// When it ends whatever happens.
    pub expires_at: Time,
    /// What its tokens are bound to; none are bearer tokens.
    pub binding: Option<Binding>,
}

impl NewFamily {
    /// The family as it starts, in the epoch that its person is in then.
    pub fn start(self, person_epoch: i64) -> Family {
        Family {
            id: self.id,
            client_id: self.client_id,
            person_id: self.person_id,
            person_epoch,
            session_id: Some(self.session_id),
            offline: self.offline,
            authorized: self.authorized,
            secret: self.secret,
            generation: self.generation,
            rotated_at: self.starts_at,
            idle_until: self.idle_until,
            expires_at: self.expires_at,
            revoked: false,
            binding: self.binding,
        }
    }
}

impl Family {
    /// Whether its tokens may be used by a person in this epoch.
    pub fn is_live(&self, now: Time, epoch: i64) -> bool {
        !self.revoked && now < self.expires_at && self.person_epoch == epoch
    }

    /// The refresh token of a generation (prefix `lk_rt_`).
    pub fn refresh_token(&self, pepper: &Pepper, generation: i64) -> Option<OpaqueToken> {
        let id = Uuid::parse_str(&self.id).ok()?;
        let mut payload = Vec::with_capacity(56);
        payload.extend_from_slice(id.as_bytes());
        payload.extend_from_slice(&generation.to_be_bytes());
        payload.extend_from_slice(&self.mac(pepper, generation));
        Some(OpaqueToken::from_bytes(TokenKind::RefreshToken, &payload))
    }

    /// Whether a presented token was made by this family.
    pub fn made(&self, pepper: &Pepper, presented: &PresentedRefreshToken) -> bool {
        self.id == presented.family_id
            && pepper.verify_mac(
                "refresh_token",
                &[self.secret.as_bytes(), &presented.generation.to_be_bytes()],
                &presented.mac,
            )
    }

    fn mac(&self, pepper: &Pepper, generation: i64) -> [u8; 32] {
        pepper.mac("refresh_token", &[self.secret.as_bytes(), &generation.to_be_bytes()])
    }
}

/// A refresh token as a client sent it: well formed, not yet believed.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedRefreshToken {
    /// The family that it names.
    pub family_id: String,
    /// The generation that it names.
    pub generation: i64,
    mac: Vec<u8>,
}

impl PresentedRefreshToken {
    /// Reads a token; `None` for anything that this provider never made.
    pub fn parse(text: &str) -> Option<Self> {
        let payload = OpaqueToken::parse(TokenKind::RefreshToken, text)?;
        let (id, rest) = payload.split_at_checked(16)?;
        let (generation, mac) = rest.split_at_checked(8)?;
        let generation = i64::from_be_bytes(generation.try_into().ok()?);
        (mac.len() == 32 && generation > 0).then(|| Self {
            family_id: Uuid::from_slice(id).map(|id| id.to_string()).unwrap_or_default(),
            generation,
            mac: mac.to_vec(),
        })
    }
}

/// The state of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The newest: it rotates.
    Newest,
    /// The one before, inside the grace: the newest is given again.
    Grace,
    /// Already used: somebody has a copy.
    Reused,
    /// Too old, or the family ended.
    Ended,
}

/// Judges a token that its family made.
pub fn standing(family: &Family, generation: i64, now: Time, grace: std::time::Duration) -> Standing {
    if family.revoked || now >= family.expires_at {
        Standing::Ended
    } else if generation < family.generation {
        let within = generation.saturating_add(1) == family.generation && now < family.rotated_at + grace;
        if within { Standing::Grace } else { Standing::Reused }
    } else if generation > family.generation || now >= family.idle_until {
        Standing::Ended
    } else {
        Standing::Newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn family() -> Family {
        Family {
            id: "01937b0e-7a3c-7000-8000-000000000001".into(),
            client_id: "rp".into(),
            person_id: "p".into(),
            person_epoch: 0,
            session_id: None,
            offline: true,
            authorized: Authorized::default(),
            secret: "s".into(),
            generation: 3,
            rotated_at: Time::from_seconds(1000),
            idle_until: Time::from_seconds(2000),
            expires_at: Time::from_seconds(3000),
            revoked: false,
            binding: None,
        }
    }

    #[test]
    fn rfc9700_4_14_2_the_standing_of_every_generation() {
        let grace = Duration::from_secs(10);
        for (generation, at, expected) in [
            (3, 1001, Standing::Newest),
            (3, 2000, Standing::Ended),
            (2, 1009, Standing::Grace),
            (2, 1010, Standing::Reused),
            (1, 1001, Standing::Reused),
            (4, 1001, Standing::Ended),
            (3, 3000, Standing::Ended),
        ] {
            assert_eq!(
                standing(&family(), generation, Time::from_seconds(at), grace),
                expected,
                "{generation} at {at}"
            );
        }
        let revoked = Family { revoked: true, ..family() };
        assert_eq!(standing(&revoked, 2, Time::from_seconds(1001), grace), Standing::Ended);
    }

    #[test]
    fn a_refresh_token_is_recognised_by_its_own_family_and_pepper_only() {
        let (pepper, other) = (Pepper::new([1; 32]), Pepper::new([2; 32]));
        let token = family().refresh_token(&pepper, 3).unwrap();
        let presented = PresentedRefreshToken::parse(token.expose()).unwrap();
        assert_eq!(presented.generation, 3);
        assert!(family().made(&pepper, &presented));
        assert!(!family().made(&other, &presented));
        assert!(!Family { secret: "t".into(), ..family() }.made(&pepper, &presented));
        let raised = PresentedRefreshToken { generation: 4, ..presented };
        assert!(!family().made(&pepper, &raised));
    }

    #[test]
    fn what_was_never_a_refresh_token_is_none() {
        for text in ["", "lk_rt_", "lk_rt_AAAA", "lk_ac_abc", "x"] {
            assert!(PresentedRefreshToken::parse(text).is_none(), "{text}");
        }
    }
}
