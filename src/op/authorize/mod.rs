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
mod request;
pub mod response;
mod return_to;

pub use decision::{Progress, Situation, Step, decide};
pub use hint::Hint;
pub use request::AuthorizationRequest;
pub use return_to::ReturnTo;

use super::Op;
use crate::model::client::Client;
use crate::model::consent::{self, Consent};
use crate::model::session::{self, Browser, BrowserSession};
use crate::model::user::User;
use crate::platform::crypto::{OpaqueToken, TokenKind};
use crate::platform::error::Unavailable;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::tokens::code::AuthorizationCode;
use crate::tokens::family::Authorized;
use std::sync::Arc;

/// A request that passed every check.
#[derive(Debug)]
pub struct Prepared {
    /// Where answers go.
    pub return_to: ReturnTo,
    /// Who asks.
    pub client: Arc<Client>,
    /// For what.
    pub request: AuthorizationRequest,
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
    /// What they allowed the asking client before.
    pub consent: Option<Consent>,
}

impl Op {
    /// Reads and checks an authorization request. Run anew at every step of an interaction.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn prepare(&self, params: &Params) -> Result<Prepared, Refused> {
        let (return_to, client) = ReturnTo::resolve(self, params).await.map_err(Refused::Page)?;
        match self.checked(params, &client, &return_to).await {
            Ok(request) => Ok(Prepared { return_to, client, request }),
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
        request.hint_sub = match params.find("id_token_hint") {
            Some(hint) => Some(self.hinted(hint, &client.id).await?.sub),
            None => None,
        };
        request.resources = self.mint.resources().resolve(client, &request.resources)?;
        request.scope = engine::negotiate(self, client, return_to, &request)?;
        Ok(request)
    }

    /// The session in use and its person, confirmed in the durable store; with the consent for `client_id`.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn signed_in(
        &self,
        browser: Option<&Browser>,
        client_id: Option<&str>,
    ) -> Result<Option<SignedIn>, Unavailable> {
        let now = self.now();
        let Some(session) = browser.and_then(|browser| browser.current(now)).cloned() else { return Ok(None) };
        let (id, client_id) = (session.id.clone(), client_id.map(str::to_owned));
        let found = self
            .db
            .read(move |connection| {
                let Some(user) = session::store::find_live(connection, &id, now)? else { return Ok(None) };
                let consent = match client_id {
                    Some(client_id) => consent::store::find(connection, &user.id, &client_id)?,
                    None => None,
                };
                Ok(Some((user, consent)))
            })
            .await?;
        Ok(found.filter(|(user, _)| user.id == session.person_id).map(|(user, consent)| SignedIn {
            session,
            user,
            consent,
        }))
    }

    /// Decides the next step of a prepared request.
    pub fn next_step(&self, prepared: &Prepared, signed_in: Option<&SignedIn>, progress: &Progress) -> Step {
        decide(&Situation {
            request: &prepared.request,
            client: &prepared.client,
            signed_in: signed_in.map(|signed_in| (&signed_in.session, &signed_in.user)),
            consent: signed_in.and_then(|signed_in| signed_in.consent.as_ref()),
            progress,
            now: self.now(),
        })
    }

    /// Issues an authorization code (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn issue_code(&self, prepared: &Prepared, signed_in: &SignedIn) -> Result<OpaqueToken, Unavailable> {
        let request = &prepared.request;
        let authentications = &signed_in.session.authentications;
        let mut amr: Vec<String> = authentications.iter().map(|proof| proof.method.amr().to_owned()).collect();
        amr.dedup();
        let code = AuthorizationCode {
            client_id: prepared.client.id.clone(),
            redirect_uri: prepared.return_to.redirect_uri().to_owned(),
            redirect_uri_named: prepared.return_to.is_named(),
            code_challenge: request.code_challenge.clone(),
            person_id: signed_in.user.id.clone(),
            session_id: signed_in.session.id.clone(),
            authorized: Authorized {
                scope: request.scope.clone(),
                resources: request.resources.clone(),
                auth_time: signed_in.session.auth_time(),
                acr: session::acr(authentications).map(str::to_owned),
                amr,
            },
            nonce: request.nonce.clone(),
            expires_at: self.now() + self.config.tokens.code,
        };
        let text = OpaqueToken::new(TokenKind::AuthorizationCode, self.random.as_ref());
        self.codes.put(text.expose(), &code, self.config.tokens.code).await?;
        Ok(text)
    }
}

/// The person said no, or cancelled (RFC 6749 §4.1.2.1).
pub fn denied(prepared: &Prepared) -> OAuthError {
    ErrorCode::AccessDenied
        .because("the person did not allow this")
        .clause("RFC 6749 §4.1.2.1")
        .client(&prepared.client.id)
}
