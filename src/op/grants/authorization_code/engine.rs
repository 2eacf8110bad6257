//! Drives oxide-auth's access token machine (RFC 6749 §4.1.3): the client was authenticated before, the code is
//! recovered from our store, PKCE is the extension, and the mint issues.

use super::super::invalid_grant;
use crate::op::grants::core;
use crate::protocol::error::OAuthError;
use crate::protocol::pkce::{self, CodeChallenge};
use crate::tokens::code::AuthorizationCode;
use oxide_auth::code_grant::accesstoken::{AccessToken, Authorization, Input, Output, Request};
use oxide_auth::primitives::grant::{Extensions, GrantExtension, Value};
use std::borrow::Cow;

/// A token request of an authenticated client, each parameter read once.
pub(super) struct CodeRequest<'a> {
    pub(super) client_id: &'a str,
    pub(super) code: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) code_verifier: Option<&'a str>,
}

impl Request for CodeRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.into())
    }
    fn authorization(&self) -> Authorization<'_> {
        Authorization::Username(self.client_id.into())
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(self.redirect_uri.into())
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some("authorization_code".into())
    }
    fn extension(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// The PKCE challenge, as a private extension of the grant.
struct Pkce;

impl GrantExtension for Pkce {
    fn identifier(&self) -> &'static str {
        "pkce"
    }
}

/// Checks a token request against the code that it presents. Does not use up the code.
///
/// # Errors
/// `invalid_grant` or `invalid_request`, as the clauses say.
pub(super) fn judge(request: &CodeRequest<'_>, code: &AuthorizationCode) -> Result<(), OAuthError> {
    let mut machine = AccessToken::new(request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Recover { .. } => Input::Recovered(Some(Box::new(recovered(code)?))),
            Output::Extend { extensions } => {
                let challenge = challenge(extensions);
                pkce::verify(challenge.as_ref(), request.code_verifier)?;
                Input::Extended { access_extensions: std::mem::take(extensions) }
            }
            Output::Issue { .. } | Output::Ok(_) => return Ok(()),
            Output::Err(_) => return Err(mismatch(request, code)),
        };
    }
}

fn recovered(code: &AuthorizationCode) -> Result<oxide_auth::primitives::grant::Grant, OAuthError> {
    let redirect_uri = url::Url::parse(&code.redirect_uri).map_err(|_| invalid_grant("the code is not valid"))?;
    let mut grant = core::grant(&code.person_id, &code.client_id, &code.authorized.scope, Some(redirect_uri));
    let challenge = code.code_challenge.as_ref().map(|challenge| challenge.as_str().to_owned());
    grant.extensions.set(&Pkce, Value::private(challenge));
    Ok(grant)
}

fn challenge(extensions: &mut Extensions) -> Option<CodeChallenge> {
    extensions.remove(&Pkce)?.into_private_value().ok().flatten().map(CodeChallenge::from_stored)
}

fn mismatch(request: &CodeRequest<'_>, code: &AuthorizationCode) -> OAuthError {
    if request.client_id == code.client_id {
        invalid_grant("redirect_uri differs from the authorization request")
            .sent(request.redirect_uri, &code.redirect_uri)
    } else {
        invalid_grant("the code was issued to another client")
    }
    .clause("RFC 6749 §4.1.3")
    .client(request.client_id)
}
