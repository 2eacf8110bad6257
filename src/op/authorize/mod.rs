//! The authorize hub (RFC 6749 §3.1, OpenID Connect Core §3.1.2). Steps of an interaction never route to one another:
//! each returns here, and the hub decides again from what is stored.
//!
//! `ReturnTo::resolve` (errors are pages) → `request::parse` and `checks` (errors are redirects) → `engine` (the grant
//! core) → [`decide`] → a page, a code, or an error.

mod checks;
mod decision;
pub mod endpoint;
mod engine;
mod hint;
pub mod interaction;
mod issue;
pub mod preview;
mod request;
pub mod request_object;
pub mod response;
mod return_to;
pub mod view;

use crate::op::feature::{Feature, Features};
pub use decision::{FirstFactor, Progress, Situation, Step, decide};
pub use hint::{Hint, Hints};
pub use request::AuthorizationRequest;
pub use return_to::ReturnTo;

use super::Op;
use super::client_auth::ClientAuthentication;
use super::encryption::Encryption;
use super::signed_in::AskedBy;
pub use super::signed_in::SignedIn;
use super::token::family::Families;
use crate::model::client::{Client, Clients};
use crate::model::key::KeyRing;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{Config, FeatureName};
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::egress::Egress;
use crate::platform::ephemeral::{Namespace, Slot};
use crate::platform::random::Random;
use crate::protocol::acr::Acr;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::tokens::Mint;
use crate::tokens::code::AuthorizationCode;
use request_object::RequestObjects;
use std::sync::Arc;

/// What is requested, without the way back: all that pages show and the decision depends on. A device request has
/// no redirect URI, but needs the same pages.
#[derive(Debug)]
pub struct Asking {
    pub client: Arc<Client>,
    pub request: AuthorizationRequest,
    /// The classes of authentication that the operator requires for it.
    pub required: Vec<Acr>,
    /// The host that the response goes to, for people; empty where there is none.
    pub host: String,
}

/// An authorization request that passed every check.
#[derive(Debug)]
pub struct Prepared {
    pub return_to: ReturnTo,
    pub asking: Asking,
}

/// A refusal, and whether it may be sent to the client.
#[derive(Debug)]
pub enum Refused {
    /// No proved redirect URI: shown on our own page (RFC 6749 §4.1.2.1).
    Page(OAuthError),
    Redirect(Box<ReturnTo>, OAuthError),
}

pub struct AuthorizationEndpoint {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    pepper: Pepper,
    egress: Arc<Egress>,
    features: Arc<Features>,
    keys: KeyRing,
    clients: Clients,
    mint: Arc<Mint>,
    codes: Slot<AuthorizationCode>,
    families: Families,
    client_auth: Arc<ClientAuthentication>,
    encryption: Encryption,
    hints: Hints,
    request_objects: RequestObjects,
}

impl AuthorizationEndpoint {
    /// From the provider's shared state.
    pub fn new(op: &Op, client_auth: &Arc<ClientAuthentication>) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            random: Arc::clone(&op.random),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            egress: Arc::clone(&op.egress),
            features: Arc::clone(&op.features),
            keys: op.keys.clone(),
            clients: op.clients.clone(),
            mint: Arc::clone(&op.mint),
            codes: op.slots.slot(Namespace::AuthorizationCode),
            families: Families::new(op),
            client_auth: Arc::clone(client_auth),
            encryption: Encryption::new(op, client_auth),
            hints: Hints::new(op),
            request_objects: RequestObjects::default(),
        }
    }

    /// Reads and checks an authorization request by its effective parameters
    /// ([`AuthorizationEndpoint::effective_params`]). Run again at every step of an interaction.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn prepare(&self, params: &Params) -> Result<Prepared, Refused> {
        let (return_to, client) = ReturnTo::resolve(&self.clients, params).await.map_err(Refused::Page)?;
        match self.checked(params, &client, &return_to).await {
            Ok(request) => {
                let required = self.required_classes(&client, &request);
                let host = return_to.host();
                Ok(Prepared { return_to, asking: Asking { client, request, required, host } })
            }
            Err(error) => Err(Refused::Redirect(Box::new(return_to), error.client(&client.id))),
        }
    }

    async fn checked(
        &self,
        params: &Params,
        client: &Arc<Client>,
        return_to: &ReturnTo,
    ) -> Result<AuthorizationRequest, OAuthError> {
        checks::run(self, params, client)?;
        let mut request = AuthorizationRequest::parse(params, client)?;
        if let Some(hint) = params.find("id_token_hint") {
            let hinted = self.hints.hinted(hint, &client.id).await?.map(|hint| hint.sub);
            if hinted.is_some() && request.hint_sub.is_some() && request.hint_sub != hinted {
                let error = ErrorCode::InvalidRequest.because("id_token_hint and sub in claims name different people");
                return Err(error.clause("OpenID Connect Core §5.5.1"));
            }
            request.hint_is_unverified = hinted.is_none();
            request.hint_sub = hinted.or(request.hint_sub);
        }
        request.claims = request.claims.without(|name| self.config.profile.is_hidden(name));
        request.resources = self.mint.resources().resolve(client, &request.resources)?;
        request.scope = engine::negotiate(self, client, return_to, &request)?;
        Ok(request)
    }

    /// The classes that the operator requires for the client and the requested APIs.
    fn required_classes(&self, client: &Client, request: &AuthorizationRequest) -> Vec<Acr> {
        let of_client = client.metadata.require_acr.as_deref().and_then(Acr::parse);
        let resources = request.resources.iter();
        let resources = resources.filter_map(|identifier| self.mint.resources().find(identifier)?.acr);
        of_client.into_iter().chain(resources).collect()
    }
}

impl Asking {
    /// Who asks, for [`Op::signed_in`].
    pub fn asked_by(&self) -> AskedBy<'_> {
        let by_client = !self.request.acr_values.is_empty() || self.request.essential_acr().is_some();
        AskedBy { client: &self.client, with_means: by_client || !self.required.is_empty() }
    }

    /// Decides the next step.
    pub fn next_step(&self, signed_in: Option<&SignedIn>, progress: &Progress, now: Time) -> Step {
        decide(&Situation {
            request: &self.request,
            client: &self.client,
            signed_in,
            required: &self.required,
            progress,
            now,
        })
    }
}

/// The person said no, or cancelled (RFC 6749 §4.1.2.1).
pub fn denied(asking: &Asking) -> OAuthError {
    ErrorCode::AccessDenied.because("the person refused").clause("RFC 6749 §4.1.2.1").client(&asking.client.id)
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6749", "RFC 7636", "RFC 9207", "OpenID Connect Core 1.0"],
        routes: vec![endpoint::routes],
        metadata: endpoint::metadata,
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Authorize)
    }
}
