//! The authorize hub (RFC 6749 §3.1, OpenID Connect Core §3.1.2). Steps of an interaction never route to one another:
//! each returns here, and the hub decides anew from what is stored.
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

pub use decision::{FirstFactor, Progress, Situation, Step, decide};
pub use hint::Hint;
pub use request::AuthorizationRequest;
pub use return_to::ReturnTo;

use super::Op;
use crate::model::client::Client;
use crate::model::consent::{self, Consent};
use crate::model::factor::{self, Means};
use crate::model::session::{self, Browser, BrowserSession};
use crate::model::subject;
use crate::model::user::User;
use crate::platform::error::Unavailable;
use crate::protocol::acr::Acr;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use std::sync::Arc;

/// What is asked, apart from the way back: all that pages show and that the decision goes by. A request of a device has
/// no redirect URI, and asks all the same.
#[derive(Debug)]
pub struct Asking {
    /// Who asks.
    pub client: Arc<Client>,
    /// For what.
    pub request: AuthorizationRequest,
    /// The host that the answer goes to, as a person reads it; empty where it goes to none.
    pub host: String,
}

/// An authorization request that passed every check.
#[derive(Debug)]
pub struct Prepared {
    /// Where answers go.
    pub return_to: ReturnTo,
    /// What is asked.
    pub asking: Asking,
}

/// A refusal, and whether it may travel.
#[derive(Debug)]
pub enum Refused {
    /// No proven way back: a page of our own (RFC 6749 §4.1.2.1).
    Page(OAuthError),
    /// To the client.
    Redirect(Box<ReturnTo>, OAuthError),
}

/// Who is signed in, as the durable store confirms it.
#[derive(Debug)]
pub struct SignedIn {
    /// The session in use.
    pub session: BrowserSession,
    /// Whose it is.
    pub user: User,
    /// How the asking client knows that person; `None` where it never met them.
    pub sub: Option<String>,
    /// What they allowed the asking client before.
    pub consent: Option<Consent>,
    /// What they could prove themselves with; read only where the request asks for a class of authentication.
    pub means: Means,
}

impl Op {
    /// Reads and checks an authorization request by its effective parameters ([`Op::effective_params`]). Run anew at
    /// every step of an interaction.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn prepare(&self, params: &Params) -> Result<Prepared, Refused> {
        let (return_to, client) = ReturnTo::resolve(self, params).await.map_err(Refused::Page)?;
        match self.checked(params, &client, &return_to).await {
            Ok(request) => {
                let host = return_to.host();
                Ok(Prepared { return_to, asking: Asking { client, request, host } })
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
            let hinted = self.hinted(hint, &client.id).await?.sub;
            if request.hint_sub.as_ref().is_some_and(|named| *named != hinted) {
                let error = ErrorCode::InvalidRequest.because("id_token_hint and sub in claims name different people");
                return Err(error.clause("OpenID Connect Core §5.5.1"));
            }
            request.hint_sub = Some(hinted);
        }
        request.claims = request.claims.without(|name| self.config.profile.is_hidden(name));
        request.resources = self.mint.resources().resolve(client, &request.resources)?;
        request.scope = engine::negotiate(self, client, return_to, &request)?;
        Ok(request)
    }

    /// The session in use and its person, confirmed in the durable store; with what that person is to the client that
    /// asks.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn signed_in(
        &self,
        browser: Option<&Browser>,
        asking: Option<&Asking>,
    ) -> Result<Option<SignedIn>, Unavailable> {
        let now = self.now();
        let Some(session) = browser.and_then(|browser| browser.current(now)).cloned() else { return Ok(None) };
        let client = asking.map(|asking| (asking.client.id.clone(), asking.client.sector()));
        let is_class_asked = asking.is_some_and(|asking| self.asks_for_class(asking));
        // Those that cannot be used here are no means to anything.
        let passkeys = self.has_feature(factor::PASSKEYS);
        self.db
            .read(move |connection| {
                let found = session::store::find_live(connection, &session.id, now)?;
                let Some(user) = found.filter(|user| user.id == session.person_id) else { return Ok(None) };
                let (consent, sub) = match client {
                    Some((id, sector)) => (
                        consent::store::find(connection, &user.id, &id)?,
                        subject::store::known(connection, &user, sector.as_deref())?,
                    ),
                    None => (None, Some(user.sub.clone())),
                };
                let mut means = match is_class_asked {
                    true => factor::store::means(connection, &user.id)?,
                    false => Means::default(),
                };
                means.passkey &= passkeys;
                means.hardware_passkey &= passkeys;
                Ok(Some(SignedIn { session, user, sub, consent, means }))
            })
            .await
    }

    /// Decides the next step of a request.
    pub fn next_step(&self, asking: &Asking, signed_in: Option<&SignedIn>, progress: &Progress) -> Step {
        decide(&Situation {
            request: &asking.request,
            client: &asking.client,
            signed_in,
            required: &self.required_classes(asking),
            progress,
            now: self.now(),
        })
    }
}

impl Op {
    fn asks_for_class(&self, asking: &Asking) -> bool {
        let request = &asking.request;
        let by_client = !request.acr_values.is_empty() || request.essential_acr().is_some();
        by_client || !self.required_classes(asking).is_empty()
    }

    /// What the operator requires for the client and for the APIs that it asks for.
    fn required_classes(&self, asking: &Asking) -> Vec<Acr> {
        let client = asking.client.metadata.require_acr.as_deref().and_then(Acr::parse);
        let resources = asking.request.resources.iter();
        let resources = resources.filter_map(|identifier| self.mint.resources().find(identifier)?.acr);
        client.into_iter().chain(resources).collect()
    }
}

/// The person said no, or cancelled (RFC 6749 §4.1.2.1).
pub fn denied(asking: &Asking) -> OAuthError {
    ErrorCode::AccessDenied
        .because("the person did not allow this")
        .clause("RFC 6749 §4.1.2.1")
        .client(&asking.client.id)
}
