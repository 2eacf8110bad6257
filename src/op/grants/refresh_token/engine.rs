//! Drives oxide-auth's refresh machine (RFC 6749 §6): the client was authenticated before, the family stands in for
//! the grant, and the machine decides whether client and scope fit.

use super::super::invalid_grant;
use crate::op::grants::core;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use crate::tokens::family::Family;
use oxide_auth::code_grant::refresh::{Input, Output, Refresh, Request};
use std::borrow::Cow;

/// A refresh request of an authenticated client.
pub(super) struct RefreshRequest<'a> {
    pub(super) client_id: &'a str,
    pub(super) refresh_token: &'a str,
    pub(super) scope: Option<&'a Scope>,
}

impl Request for RefreshRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        Some(self.refresh_token.into())
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.scope.map(|scope| scope.to_string().into())
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some("refresh_token".into())
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((self.client_id.into(), Cow::Borrowed(&[])))
    }
    fn extension(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// Checks a refresh request against its family; returns the scope of the response, in the requested order.
///
/// # Errors
/// `invalid_grant` for another client's token, `invalid_scope` for a scope that was not granted.
pub(super) fn judge(request: &RefreshRequest<'_>, family: &Family) -> Result<Scope, OAuthError> {
    let granted = &family.authorized.scope;
    let mut machine = Refresh::new(request);
    // `Input::None` may only be the first input: later it would destroy the machine's state.
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Unauthenticated { .. } => Input::Authenticated { scope: request.scope() },
            Output::RecoverRefresh { .. } => Input::Recovered {
                scope: request.scope(),
                grant: Some(Box::new(core::grant(&family.person_id, &family.client_id, granted, None))),
            },
            Output::Refresh { .. } | Output::Ok(_) => return Ok(request.scope.unwrap_or(granted).clone()),
            Output::Err(_) if family.client_id != request.client_id => {
                return Err(invalid_grant("the refresh token was issued to another client").client(request.client_id));
            }
            Output::Err(_) => {
                let asked = request.scope.map(ToString::to_string).unwrap_or_default();
                return Err(ErrorCode::InvalidScope
                    .because("scope exceeds what was granted")
                    .clause("RFC 6749 §6")
                    .sent(asked, granted.to_string())
                    .client(request.client_id));
            }
        };
    }
}
