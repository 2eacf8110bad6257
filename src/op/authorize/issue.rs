//! What an authorization response carries (OpenID Connect Core §3.1.2.5, §3.2.2.5, §3.3.2.5).

use super::response::Members;
use super::{AuthorizationEndpoint, AuthorizationRequest, Prepared, SignedIn};
use crate::model::session::{self, Authentication};
use crate::model::subject::Naming;
use crate::op::permission;
use crate::op::session_state::session_state;
use crate::op::token::family::Beginning;
use crate::platform::crypto::{OpaqueToken, TokenKind};
use crate::platform::error::Unavailable;
use crate::platform::telemetry::metrics;
use crate::protocol::acr::Acr;
use crate::protocol::claims::Claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use crate::tokens::code::AuthorizationCode;
use crate::tokens::family::{Authorized, store as families};
use crate::tokens::{Authorization, FrontChannel, FrontChannelTokens};
use std::sync::Arc;

impl AuthorizationEndpoint {
    /// Grants a request: a code, tokens, both or neither.
    ///
    /// # Errors
    /// When a store does not answer, no key signs as registered, or the session ended meanwhile.
    pub async fn grant_request(&self, prepared: &Prepared, signed_in: &SignedIn) -> Result<Members, OAuthError> {
        let response_type = prepared.asking.request.response_type;
        let mut members = Members::new();
        if response_type.code {
            let code = self.issue_code(prepared, signed_in).await?;
            members.push(("code", code.expose().to_owned()));
        }
        if response_type.is_front_channel() {
            let code = members.first().map(|(_, code)| code.clone());
            let tokens = self.issue_tokens(prepared, signed_in, code.as_deref()).await?;
            members.extend(written(tokens));
        }
        if prepared.asking.request.is_openid() {
            let (client_id, uri) = (&prepared.asking.client.id, prepared.return_to.redirect_uri());
            let browser_state = session::browser_state(&self.pepper, Some(&signed_in.session.id));
            let state = session_state((&self.features, self.random.as_ref()), client_id, uri, &browser_state);
            members.extend(state.map(|state| ("session_state", state)));
        }
        Ok(members)
    }

    /// Issues an authorization code (RFC 6749 §4.1.2).
    async fn issue_code(&self, prepared: &Prepared, signed_in: &SignedIn) -> Result<OpaqueToken, Unavailable> {
        let (request, now) = (&prepared.asking.request, self.clock.now());
        let code = AuthorizationCode {
            client_id: prepared.asking.client.id.clone(),
            redirect_uri: prepared.return_to.redirect_uri().to_owned(),
            redirect_uri_named: prepared.return_to.is_named(),
            code_challenge: request.code_challenge.clone(),
            person_id: signed_in.user.id.clone(),
            session_id: signed_in.session.id.clone(),
            authorized: authorized(prepared, signed_in),
            nonce: request.nonce.clone(),
            issued_at: now,
            expires_at: now + self.config.tokens.code,
        };
        let text = OpaqueToken::new(TokenKind::AuthorizationCode, self.random.as_ref());
        self.codes.put(text.expose(), &code, self.config.tokens.code).await?;
        Ok(text)
    }

    /// Issues tokens that go through the browser. Each use is logged, because clients should move to codes.
    async fn issue_tokens(
        &self,
        prepared: &Prepared,
        signed_in: &SignedIn,
        code: Option<&str>,
    ) -> Result<FrontChannelTokens, OAuthError> {
        let (client, request) = (&prepared.asking.client, &prepared.asking.request);
        let response_type = request.response_type;
        tracing::warn!(client_id = %client.id, %response_type, "issued tokens through the browser (legacy.implicit)");
        metrics::front_channel(response_type.as_str());
        let beginning = Beginning::in_session(client, &signed_in.session, authorized(prepared, signed_in));
        let family = self.families.family(beginning);
        let (naming, now) = (Naming::of(client, self.random.as_ref()), self.clock.now());
        let begun = self.db.write(move |tx| families::begin(tx, family, &naming, (now, now))).await?;
        if let Err(unavailable) = self.clients.used(client, self.clock.now()).await {
            tracing::warn!(client_id = %client.id, cause = %unavailable, "cannot record that the client was used");
        }
        let begun = begun.ok_or_else(|| {
            ErrorCode::LoginRequired.because("the session ended meanwhile").clause("OpenID Connect Core §3.1.2.6")
        })?;
        let proven = Authorization::from_front_channel(Arc::clone(client), begun, request.nonce.clone(), &self.pepper);
        let answer = FrontChannel { response_type, code, state: prepared.return_to.state() };
        let opened =
            |person: &Claims, scope: &Scope| permission::opened(&self.config, person, scope, &request.claims_locales);
        let mut tokens = self.mint.issue_front_channel(proven, &answer, opened).await?;
        if let Some(id_token) = tokens.id_token.take() {
            tokens.id_token = Some(self.encryption.encrypted_id_token(client, id_token).await?);
        }
        Ok(tokens)
    }
}

fn authorized(prepared: &Prepared, signed_in: &SignedIn) -> Authorized {
    let (request, authentications) = (&prepared.asking.request, &signed_in.session.authentications);
    Authorized {
        scope: request.scope.clone(),
        resources: request.resources.clone(),
        auth_time: signed_in.session.auth_time(),
        acr: class(request, authentications).map(|acr| acr.as_str().to_owned()),
        amr: session::amr(authentications).into_iter().map(str::to_owned).collect(),
        claims: request.claims.clone(),
        claims_locales: request.claims_locales.clone(),
    }
}

/// The class that the client gets: the first requested one that was reached, else the strongest.
fn class(request: &AuthorizationRequest, proofs: &[Authentication]) -> Option<Acr> {
    let reached = session::reached(proofs);
    let asked = request.essential_acr().unwrap_or_default();
    let asked = asked.into_iter().chain(request.acr_values.iter().map(String::as_str));
    asked.filter_map(Acr::parse).find(|acr| reached.contains(acr)).or_else(|| reached.last().copied())
}

fn written(tokens: FrontChannelTokens) -> Members {
    let mut members = Members::new();
    if let Some(access_token) = tokens.access_token {
        members.push(("access_token", access_token));
        members.push(("token_type", "Bearer".to_owned()));
        members.push(("expires_in", tokens.expires_in.to_string()));
        members.push(("scope", tokens.scope.to_string()));
    }
    members.extend(tokens.id_token.map(|id_token| ("id_token", id_token)));
    members
}
