//! The proof that tokens may be issued. Private fields, one constructor per proof: nothing else can reach the mint.

use super::code::store::Redeemed;
use super::family::Authorized;
use super::family::store::{Begun, Rotated};
use crate::model::client::Client;
use crate::platform::crypto::{OpaqueToken, Pepper};
use crate::protocol::claims::Claims;
use crate::protocol::confirmation::{Binding, Proof};
use crate::protocol::scope::Scope;
use std::sync::Arc;

/// Who may have tokens, for what, and for how much.
#[derive(Debug)]
pub struct Authorization {
    pub(super) client: Arc<Client>,
    pub(super) subject: Subject,
    pub(super) scope: Scope,
    pub(super) resources: Vec<String>,
    /// What its access token is bound to.
    pub(super) binding: Option<Binding>,
}

#[derive(Debug)]
pub(super) enum Subject {
    /// The client itself (RFC 6749 §4.4).
    Client,
    Person(Box<Delegation>),
}

/// What a person's tokens carry beyond the client's.
#[derive(Debug)]
pub(super) struct Delegation {
    /// As this client knows the person.
    pub(super) sub: String,
    /// What is known about the person.
    pub(super) person: Claims,
    pub(super) family_id: String,
    pub(super) session_id: Option<String>,
    pub(super) authorized: Authorized,
    pub(super) nonce: Option<String>,
    pub(super) refresh_token: Option<OpaqueToken>,
}

impl Authorization {
    /// From an authorization code that was spent. `resources` narrows what it was granted for.
    pub fn from_code(client: Arc<Client>, proof: Redeemed, resources: Vec<String>, pepper: &Pepper) -> Self {
        let Redeemed { code, begun } = proof;
        let mut authorization = Self::from_front_channel(client, begun, code.nonce, pepper);
        authorization.resources = resources;
        authorization
    }

    /// From an authorization whose tokens go through the browser, or through a code that was spent.
    pub fn from_front_channel(client: Arc<Client>, proof: Begun, nonce: Option<String>, pepper: &Pepper) -> Self {
        let Begun { family, user, sub } = proof;
        let refresh_token = (family.generation > 0).then(|| family.refresh_token(pepper, family.generation)).flatten();
        Self {
            client,
            scope: family.authorized.scope.clone(),
            resources: family.authorized.resources.clone(),
            binding: family.binding,
            subject: Subject::Person(Box::new(Delegation {
                sub,
                person: user.claims,
                family_id: family.id,
                session_id: family.session_id,
                authorized: family.authorized,
                nonce,
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
        let Rotated { family, user, sub } = proof;
        let refresh_token = family.refresh_token(pepper, family.generation);
        Self {
            client,
            scope,
            resources,
            binding: family.binding,
            subject: Subject::Person(Box::new(Delegation {
                sub,
                person: user.claims,
                family_id: family.id,
                session_id: family.session_id,
                authorized: family.authorized,
                // OpenID Connect Core §12.2: no nonce, or the same one; a refreshed ID token goes without.
                nonce: None,
                refresh_token,
            })),
        }
    }

    /// From a client that authenticated and acts for itself.
    pub fn from_client_credentials(client: Arc<Client>, scope: Scope, resources: Vec<String>) -> Self {
        Self { client, scope, resources, binding: None, subject: Subject::Client }
    }

    /// Binds the access token to what the request proved (RFC 9449 §5, RFC 8705 §3), whether or not its family is bound.
    #[must_use]
    pub fn bound_to(mut self, proof: &Proof) -> Self {
        self.binding = proof.binding().cloned().or(self.binding);
        self
    }
}
