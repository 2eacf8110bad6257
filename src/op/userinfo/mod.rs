//! The UserInfo endpoint (OpenID Connect Core §5.3): what an access token opens of its person.

pub mod endpoint;

use super::Op;
use super::encryption::{Content, Encryption};
use super::hubs::Hubs;
use super::permission;
use crate::model::client::{Client, Clients};
use crate::model::user::User;
use crate::op::feature::Feature;
use crate::platform::config::{Config, FeatureName};
use crate::platform::jose::Algorithm;
use crate::protocol::claims::Claims;
use crate::protocol::claims_request::pick;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::scope::Scope;
use crate::tokens::Mint;
use crate::tokens::access_token::Standing;
use crate::tokens::family::Authorized;
use std::sync::Arc;

/// The one access token of a request: in the Authorization header or in a form (RFC 6750 §2.1, §2.2). `None` where
/// there is none, or a scheme that is not ours.
///
/// # Errors
/// `invalid_request` for more than one way, a token in the query (RFC 9700 §4.3.2), or one that is no token at all.
pub fn presented(authorization: Option<&str>, query: &Params, form: &Params) -> Result<Option<String>, OAuthError> {
    if query.find("access_token").is_some() {
        return Err(refuse("an access token in the query is not accepted, send it in the Authorization header")
            .clause("RFC 9700 §4.3.2"));
    }
    match (authorization.and_then(bearer), form.find("access_token")) {
        (Some(_), Some(_)) => Err(refuse("the access token came in more than one way").clause("RFC 6750 §2")),
        (Some(token), None) | (None, Some(token)) if !is_token(token) => {
            Err(refuse("the access token has characters that no token has").clause("RFC 6750 §2.1"))
        }
        (Some(token), None) | (None, Some(token)) => Ok(Some(token.to_owned())),
        (None, None) => Ok(None),
    }
}

/// What follows `Bearer` in any case (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    scheme.eq_ignore_ascii_case("Bearer").then(|| rest.trim_matches(' '))
}

/// `b64token` (RFC 6750 §2.1).
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// An answer (§5.3.2).
#[derive(Clone, Debug, PartialEq)]
pub enum UserInfo {
    /// `application/json`
    Json(Claims),
    /// `application/jwt`: signed, encrypted, or signed and then encrypted.
    Jwt(String),
}

/// The UserInfo endpoint.
pub struct UserInfoEndpoint {
    config: Arc<Config>,
    clients: Clients,
    mint: Arc<Mint>,
    encryption: Encryption,
}

impl UserInfoEndpoint {
    /// Of what the provider holds.
    pub fn new(op: &Op, hubs: &Hubs) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clients: op.clients.clone(),
            mint: Arc::clone(&op.mint),
            encryption: Encryption::new(op, &hubs.client_auth),
        }
    }

    /// The claims that an access token opens, as its client registered: JSON, signed, encrypted, or both (§5.3.2).
    ///
    /// # Errors
    /// `invalid_token`, `insufficient_scope` (RFC 6750 §3.1).
    pub async fn userinfo(&self, token: &str) -> Result<UserInfo, OAuthError> {
        let (client, claims) = self.opened_claims(token).await?;
        let metadata = &client.metadata;
        let signed = match metadata.userinfo_signed_response_alg.as_deref().and_then(Algorithm::parse) {
            Some(algorithm) => Some(self.mint.sign_userinfo(algorithm, &client.id, claims.clone()).await?),
            None => None,
        };
        let Some(alg) = metadata.userinfo_encrypted_response_alg.as_deref() else {
            return Ok(signed.map_or(UserInfo::Json(claims), UserInfo::Jwt));
        };
        let json = serde_json::Value::Object(claims).to_string();
        let content = match &signed {
            Some(token) => Content::Jwt(token),
            None => Content::Json(json.as_bytes()),
        };
        let enc = metadata.userinfo_encrypted_response_enc.as_deref();
        Ok(UserInfo::Jwt(self.encryption.encrypt(&client, alg, enc, content).await?))
    }

    async fn opened_claims(&self, token: &str) -> Result<(Arc<Client>, Claims), OAuthError> {
        let token = self.mint.read(token).await?;
        let (client_id, sub) = (token.client_id.clone(), token.sub.clone());
        let Some(client) = self.clients.find_enabled(&client_id).await? else {
            return Err(invalid("the client of the access token is disabled").client(&client_id));
        };
        let standing = self.mint.standing(&token).await?;
        let scope = token.scope;
        let (user, authorized) = opened_by(&scope, standing).map_err(|error| error.client(&client_id))?;
        let mut claims = permission::opened(&self.config, &user.claims, &scope, &authorized.claims_locales);
        claims.extend(pick(&user.claims, &authorized.claims.userinfo, &authorized.claims_locales));
        // The token's own: a client may know the person by a name of its sector (§5.3.2).
        claims.insert("sub".to_owned(), sub.into());
        Ok((client, claims))
    }
}

/// The person of a token that stands and carries `openid`.
fn opened_by(scope: &Scope, standing: Standing) -> Result<(User, Authorized), OAuthError> {
    if matches!(standing, Standing::Revoked) {
        return Err(invalid("the access token was revoked"));
    }
    if !scope.contains("openid") {
        let sent = scope.iter().collect::<Vec<_>>().join(" ");
        let why = "the access token was not granted the scope openid";
        return Err(ErrorCode::InsufficientScope.because(why).clause("OpenID Connect Core §5.3").sent(sent, "openid"));
    }
    match standing {
        Standing::Person(person) => Ok(*person),
        Standing::Client | Standing::Revoked => Err(invalid("the access token speaks for no person")),
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1")
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why)
}

/// The UserInfo endpoint.
pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Core 1.0", "RFC 6750"],
        mount: vec![endpoint::mount],
        metadata: endpoint::metadata,
        ..Feature::new(FeatureName::Userinfo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    fn token(header: Option<&str>, query: &str, form: &str) -> Result<Option<String>, ErrorCode> {
        presented(header, &with(query), &with(form)).map_err(|error| error.code)
    }

    #[test]
    fn rfc6750_2_a_token_comes_in_the_header_or_in_the_form() {
        assert_eq!(token(Some("Bearer abc.def"), "", ""), Ok(Some("abc.def".into())));
        assert_eq!(token(Some("bearer  abc"), "x=y", ""), Ok(Some("abc".into())));
        assert_eq!(token(None, "", "access_token=abc"), Ok(Some("abc".into())));
    }

    #[test]
    fn rfc6750_3_1_nothing_of_ours_is_no_token_rather_than_an_error() {
        for header in [None, Some("Basic YTpi"), Some("Bearerx abc"), Some("")] {
            assert_eq!(token(header, "", ""), Ok(None), "{header:?}");
        }
    }

    #[test]
    fn rfc6750_2_two_ways_at_once_and_malformed_tokens_are_invalid_request() {
        assert_eq!(token(Some("Bearer a"), "", "access_token=a"), Err(ErrorCode::InvalidRequest));
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer ü"] {
            assert_eq!(token(Some(header), "", ""), Err(ErrorCode::InvalidRequest), "{header}");
        }
    }

    #[test]
    fn tok_17_a_token_in_the_query_is_refused_also_beside_a_good_one() {
        assert_eq!(token(None, "access_token=a", ""), Err(ErrorCode::InvalidRequest));
        assert_eq!(token(Some("Bearer a"), "access_token=a", ""), Err(ErrorCode::InvalidRequest));
    }

    #[test]
    fn a_revoked_token_is_invalid_before_its_scope_is_judged() {
        let code = |scope: &str, standing| opened_by(&Scope::parse(scope).unwrap(), standing).unwrap_err().code;
        assert_eq!(code("email", Standing::Revoked), ErrorCode::InvalidToken);
        assert_eq!(code("email", Standing::Client), ErrorCode::InsufficientScope);
        assert_eq!(code("openid", Standing::Client), ErrorCode::InvalidToken);
    }
}
