//! Drives oxide-auth's client credentials machine (RFC 6749 §4.4): the client was authenticated before, and the
//! negotiation is ours.

use crate::op::grants::core;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use oxide_auth::code_grant::client_credentials::{ClientCredentials, Input, Output, Request};
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, PreGrant};
use std::borrow::Cow;

/// A request of an authenticated client.
pub(super) struct ClientCredentialsRequest<'a> {
    pub(super) client_id: &'a str,
    pub(super) scope: &'a Scope,
}

impl Request for ClientCredentialsRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((self.client_id.into(), Cow::Borrowed(&[])))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        Some(self.scope.to_string().into())
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some("client_credentials".into())
    }
    fn extension(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// Judges what the client asks for against what it registered.
///
/// # Errors
/// `invalid_scope` (RFC 6749 §5.2).
pub(super) fn judge(request: &ClientCredentialsRequest<'_>, registered: &Scope) -> Result<(), OAuthError> {
    let refuse = || {
        ErrorCode::InvalidScope
            .because("scope is not registered for this client")
            .clause("RFC 6749 §5.2")
            .sent(request.scope.to_string(), registered.to_string())
            .client(request.client_id)
    };
    let mut machine = ClientCredentials::new(request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Binding { client_id } => Input::Bound {
                bound_client: BoundClient {
                    client_id: Cow::Owned(client_id.to_owned()),
                    redirect_uri: Cow::Owned(core::no_redirect()),
                },
            },
            Output::Extend => Input::Extended { extensions: Extensions::new() },
            Output::Negotiate { bound_client, scope } => {
                let scope = scope.filter(|scope| core::set(registered).priviledged_to(scope)).ok_or_else(refuse)?;
                let client_id = bound_client.client_id.clone().into_owned();
                Input::Negotiated { pre_grant: PreGrant { client_id, redirect_uri: core::no_redirect(), scope } }
            }
            Output::Ok { .. } => return Ok(()),
            Output::Err(_) => return Err(refuse()),
        };
    }
}
