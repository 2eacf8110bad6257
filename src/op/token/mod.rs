//! The token endpoint (RFC 6749 §3.2): the phases that every grant shares. A grant fills in its own part only.

pub mod endpoint;
pub mod family;

use super::Op;
use super::client_auth::{AuthenticatedClient, ClientAuthentication, Refused};
use super::encryption::Encryption;
use super::permission;
use crate::model::client::Clients;
use crate::model::key::sightings::Sightings;
use crate::op::client_auth;
use crate::op::feature::{Feature, Sweep};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, FeatureName};
use crate::platform::throttle::{Throttle, Throttled, Who};
use crate::protocol::claims::{Claims, Locales};
use crate::protocol::client_metadata::IdClaims;
use crate::protocol::confirmation::Proof;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::scope::Scope;
use crate::protocol::token_response::TokenResponse;
use crate::tokens::{Authorization, Mint};
use async_trait::async_trait;
use ipnet::IpNet;
use std::sync::Arc;

/// A grant type: turns a token request of an authenticated client into an [`Authorization`].
#[async_trait]
pub trait Grant: Send + Sync {
    /// The word that chooses this grant.
    fn grant_type(&self) -> GrantType;

    /// Verifies the request, and uses up what can be used once. Everything about the request is checked
    /// before anything is used up, so that a refused request can be corrected and sent again.
    async fn authorize(&self, request: &TokenRequest<'_>) -> Result<Authorization, OAuthError>;
}

/// A token request of a client that was authenticated.
#[derive(Clone, Copy)]
pub struct TokenRequest<'a> {
    pub client: &'a AuthenticatedClient,
    pub form: &'a Params,
    /// What the request proves possession of: its tokens are bound to it.
    pub proof: &'a Proof,
}

pub struct TokenEndpoint {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    throttle: Throttle,
    sightings: Arc<Sightings>,
    clients: Clients,
    mint: Arc<Mint>,
    client_auth: Arc<ClientAuthentication>,
    encryption: Encryption,
    grants: Vec<Arc<dyn Grant>>,
}

impl TokenEndpoint {
    /// With the grants that are on.
    pub fn new(op: &Op, client_auth: &Arc<ClientAuthentication>) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            throttle: op.throttle.clone(),
            sightings: Arc::clone(&op.sightings),
            clients: op.clients.clone(),
            mint: Arc::clone(&op.mint),
            client_auth: Arc::clone(client_auth),
            encryption: Encryption::new(op, client_auth),
            grants: op.features.grants().map(|grant| (grant.start)(op)).collect(),
        }
    }

    /// Answers a token request that came from a network.
    ///
    /// # Errors
    /// Those of RFC 6749 §5.2.
    pub async fn token(
        &self,
        authorization: Option<&str>,
        form: &Params,
        from: IpNet,
    ) -> Result<TokenResponse, Refused> {
        let grant = self.grant(form.require("grant_type")?)?; // unsupported_grant_type
        let client = self.client_auth.authenticate_client(authorization, form).await?; // invalid_client
        if !client.client().metadata.is_public() {
            self.sightings.client_seen(&client.client().id, from, self.clock.now());
        }
        let client = client.usable()?.allowed(grant.grant_type().as_str())?; // unauthorized_client
        self.admit(&client).await?;
        // Neither DPoP nor client certificates are read yet.
        let request = TokenRequest { client: &client, form, proof: &Proof::Bearer };
        let proven = grant.authorize(&request).await?; // invalid_grant, invalid_scope, …
        self.note_use(&client).await;
        let id_claims = client.client().metadata.id_claims(self.config.tokens.id_claims);
        let opened = |person: &Claims, scope: &Scope, locales: &Locales| match id_claims {
            IdClaims::Scope => permission::opened(&self.config, person, scope, locales),
            IdClaims::Minimal => Claims::new(),
        };
        let proven = proven.bound_to(request.proof);
        let mut response = self.mint.issue(proven, opened).await.map_err(OAuthError::from)?;
        if let Some(id_token) = response.id_token.take() {
            response.id_token = Some(self.encryption.encrypted_id_token(client.client(), id_token).await?);
        }
        Ok(response)
    }

    /// Keeps a self-registered client from being deleted as unused. A failure must not fail the request: it is recorded again
    /// with the next token.
    async fn note_use(&self, client: &AuthenticatedClient) {
        if let Err(unavailable) = self.clients.used(client.client(), self.clock.now()).await {
            tracing::warn!(client_id = %client.client().id, cause = %unavailable, "cannot record that the client was used");
        }
    }

    fn grant(&self, word: &str) -> Result<Arc<dyn Grant>, OAuthError> {
        self.grants.iter().find(|grant| grant.grant_type().as_str() == word).cloned().ok_or_else(|| {
            ErrorCode::UnsupportedGrantType
                .because("the grant type is not supported")
                .clause("RFC 6749 §5.2")
                .sent(word, self.grant_types().join(" "))
        })
    }

    fn grant_types(&self) -> Vec<&'static str> {
        self.grants.iter().map(|grant| grant.grant_type().as_str()).collect()
    }

    /// `throttle.token_client`, off by default.
    async fn admit(&self, client: &AuthenticatedClient) -> Result<(), OAuthError> {
        let Some(rate) = &self.config.throttle.token_client else { return Ok(()) };
        let id = &client.client().id;
        self.throttle.allow("token", Who::Named(id), rate.count, rate.per).await.map_err(|throttled| match throttled {
            Throttled::RetryAfter(wait) => {
                let why = format!("too many token requests, wait {} s", wait.as_secs());
                ErrorCode::TemporarilyUnavailable.because(why).status(429).client(id)
            }
            Throttled::Unavailable(unavailable) => unavailable.into(),
        })
    }
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6749", "RFC 9068", "RFC 8707"],
        routes: vec![endpoint::routes],
        metadata: endpoint::metadata,
        sweeps: vec![Sweep {
            tables: &["spent_assertions"],
            run: |tx, due| client_auth::sweep(tx, due.before, due.limit),
        }],
        ..Feature::new(FeatureName::Token)
    }
}
