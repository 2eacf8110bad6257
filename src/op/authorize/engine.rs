//! Drives oxide-auth's authorization machine (RFC 6749 §4.1.1): client and redirect URI were proven before, the scope
//! is negotiated here. The machine gets `code` and the exact redirect URI; responses are written by our own code.

use super::{AuthorizationEndpoint, AuthorizationRequest, ReturnTo};
use crate::model::client::Client;
use crate::platform::config::FeatureName;
use crate::protocol::claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use oxide_auth::code_grant::authorization::{Authorization, Input, Output, Request};
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, PreGrant, RegisteredUrl};
use std::borrow::Cow;

struct AuthorizeRequest<'a> {
    client_id: &'a str,
    redirect_uri: &'a str,
    scope: String,
}

impl Request for AuthorizeRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        Some(self.client_id.into())
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        Some(self.scope.as_str().into())
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(self.redirect_uri.into())
    }
    fn state(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn response_type(&self) -> Option<Cow<'_, str>> {
        Some("code".into())
    }
    fn extension(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// The part of the requested scope that may be granted: unknown scopes are ignored (OpenID Connect Core §3.1.2.1),
/// but a scope that the client has not registered refuses the request.
///
/// # Errors
/// `invalid_scope` (RFC 6749 §4.1.2.1).
pub(super) fn negotiate(
    endpoint: &AuthorizationEndpoint,
    client: &Client,
    return_to: &ReturnTo,
    request: &AuthorizationRequest,
) -> Result<Scope, OAuthError> {
    let known = |token: &str| {
        let is_api = token == claims::ACCOUNT && endpoint.features.has(FeatureName::AccountApi);
        is_api || claims::is_standard_scope(token) || endpoint.config.scopes.contains_key(token)
    };
    let refreshes = client.metadata.allows_grant("refresh_token");
    let asked = request.scope.filter(|token| known(token) && (refreshes || token != "offline_access"));
    let allowed = client.allowed_scope();
    let refuse = || {
        ErrorCode::InvalidScope
            .because("scope is not registered for this client")
            .clause("RFC 6749 §4.1.2.1")
            .sent(request.scope.to_string(), allowed.to_string())
            .client(&client.id)
    };
    let sent =
        AuthorizeRequest { client_id: &client.id, redirect_uri: return_to.redirect_uri(), scope: asked.to_string() };
    let mut machine = Authorization::new(&sent);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Bind { client_id, .. } => Input::Bound {
                request: &sent,
                bound_client: BoundClient {
                    client_id: Cow::Owned(client_id),
                    redirect_uri: Cow::Owned(exact(return_to)?),
                },
            },
            Output::Extend => Input::Extended(Extensions::new()),
            Output::Negotiate { bound_client, .. } => {
                if !asked.is_within(&allowed) {
                    return Err(refuse());
                }
                let client_id = bound_client.client_id.clone().into_owned();
                let scope = asked.to_string().parse().map_err(|_| refuse())?;
                let pre_grant =
                    PreGrant { client_id, redirect_uri: bound_client.redirect_uri.clone().into_owned(), scope };
                Input::Negotiated { pre_grant, state: None }
            }
            Output::Ok { .. } => return Ok(asked),
            Output::Err(_) => return Err(refuse()),
        };
    }
}

fn exact(return_to: &ReturnTo) -> Result<RegisteredUrl, OAuthError> {
    let url: Result<ExactUrl, _> = return_to.redirect_uri().parse();
    url.map(RegisteredUrl::Exact).map_err(|_| ErrorCode::InvalidRequest.because("redirect_uri is not a URL"))
}
