//! What was just proven. Private fields, one constructor per proof: nothing else can reach the mint.

use super::code::store::Redeemed;
use super::family::store::Rotated;
use crate::model::client::Client;
use crate::platform::clock::Time;
use crate::platform::crypto::{OpaqueToken, Pepper};
use crate::protocol::scope::Scope;
use std::sync::Arc;

/// Who may have tokens, for what, and for how much.
#[derive(Debug)]
pub struct Authorization {
    pub(super) client: Arc<Client>,
    pub(super) subject: Subject,
    pub(super) scope: Scope,
    pub(super) resources: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Subject {
    /// The client itself (RFC 6749 §4.4).
    Client,
    /// A person.
    Person(Box<Delegation>),
}

/// What a person's tokens carry beyond the client's.
#[derive(Debug)]
pub(super) struct Delegation {
    pub(super) sub: String,
    pub(super) family_id: String,
    pub(super) session_id: Option<String>,
    pub(super) auth_time: Time,
    pub(super) acr: Option<String>,
    pub(super) amr: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) refresh_token: Option<OpaqueToken>,
}

impl Authorization {
    /// From an authorization code that was spent. `resources` narrows what it was granted for.
    pub fn from_code(client: Arc<Client>, proof: Redeemed, resources: Vec<String>, pepper: &Pepper) -> Self {
        let Redeemed { code, family, user } = proof;
        let refresh_token = (family.generation > 0).then(|| family.refresh_token(pepper, family.generation)).flatten();
        let authorized = code.authorized;
        Self {
            client,
            scope: authorized.scope,
            resources,
            subject: Subject::Person(Box::new(Delegation {
                sub: user.sub,
                family_id: family.id,
                session_id: Some(code.session_id),
                auth_time: authorized.auth_time,
                acr: authorized.acr,
                amr: authorized.amr,
                nonce: code.nonce,
                refresh_token,
            })),
        }
    }

    /// From a refresh token that was rotated. `scope` and `resources` narrow what it was granted for, for this time only.
    pub fn from_refresh(
        client: Arc<Client>,
        proof: Rotated,
        scope: Scope,
        resources: Vec<String>,
        pepper: &Pepper,
    ) -> Self {
        let Rotated { family, user } = proof;
        let refresh_token = family.refresh_token(pepper, family.generation);
        let authorized = family.authorized;
        Self {
            client,
            scope,
            resources,
            subject: Subject::Person(Box::new(Delegation {
                sub: user.sub,
                family_id: family.id,
                session_id: family.session_id,
                auth_time: authorized.auth_time,
                acr: authorized.acr,
                amr: authorized.amr,
                // OpenID Connect Core §12.2: no nonce, or the same one; a refreshed ID token goes without.
                nonce: None,
                refresh_token,
            })),
        }
    }

    /// From a client that authenticated and acts for itself.
    pub fn from_client_credentials(client: Arc<Client>, scope: Scope, resources: Vec<String>) -> Self {
        Self { client, scope, resources, subject: Subject::Client }
    }
}
