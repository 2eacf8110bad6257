//! The UserInfo endpoint (OpenID Connect Core §5.3): the claims that an access token opens.

pub mod endpoint;

use super::Op;
use super::encryption::{Content, Encryption};
use super::hubs::Hubs;
use super::permission;
use crate::model::client::{Client, Clients};
use crate::op::feature::Feature;
use crate::platform::config::{Config, FeatureName};
use crate::platform::jose::Algorithm;
use crate::protocol::claims::Claims;
use crate::protocol::claims_request::pick;
use crate::protocol::confirmation;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::presented::PresentedToken;
use crate::protocol::scope::Scope;
use crate::tokens::Mint;
use crate::tokens::access_token::{Asked, Standing};
use crate::tokens::live::Delegated;
use std::sync::Arc;

/// An answer (§5.3.2).
#[derive(Clone, Debug, PartialEq)]
pub enum UserInfo {
    /// `application/json`
    Json(Claims),
    /// `application/jwt`: signed, encrypted, or signed and then encrypted.
    Jwt(String),
}

pub struct UserInfoEndpoint {
    config: Arc<Config>,
    clients: Clients,
    mint: Arc<Mint>,
    encryption: Encryption,
}

impl UserInfoEndpoint {
    /// From the provider's shared state.
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
    pub async fn userinfo(&self, presented: &PresentedToken) -> Result<UserInfo, OAuthError> {
        let (client, claims) = self.opened_claims(presented).await?;
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

    async fn opened_claims(&self, presented: &PresentedToken) -> Result<(Arc<Client>, Claims), OAuthError> {
        let token = self.mint.read(&presented.text).await?;
        let (client_id, sub) = (token.client_id.clone(), token.sub.clone());
        let Some(client) = self.clients.find_enabled(&client_id).await? else {
            return Err(invalid("the client of the access token is disabled").client(&client_id));
        };
        let standing = self.mint.standing(&token, Asked::ByResource(&presented.proof)).await?;
        let scope = token.scope;
        let Delegated { user, authorized, .. } =
            opened_by(&scope, standing).map_err(|error| error.client(&client_id))?;
        let mut claims = permission::opened(&self.config, &user.claims, &scope, &authorized.claims_locales);
        claims.extend(pick(&user.claims, &authorized.claims.userinfo, &authorized.claims_locales));
        // The token's subject, which may be pairwise (§5.3.2).
        claims.insert("sub".to_owned(), sub.into());
        Ok((client, claims))
    }
}

/// The person of a valid token with the scope `openid`.
fn opened_by(scope: &Scope, standing: Standing) -> Result<Delegated, OAuthError> {
    match standing {
        Standing::Revoked => return Err(invalid("the access token was revoked")),
        Standing::Unproven => return Err(confirmation::unproven()),
        Standing::Client | Standing::Person(_) => {}
    }
    if !scope.contains("openid") {
        let sent = scope.iter().collect::<Vec<_>>().join(" ");
        let why = "the access token was not granted the scope openid";
        return Err(ErrorCode::InsufficientScope.because(why).clause("OpenID Connect Core §5.3").sent(sent, "openid"));
    }
    match standing {
        Standing::Person(person) => Ok(*person),
        Standing::Client | Standing::Revoked | Standing::Unproven => {
            Err(invalid("the access token does not belong to a person"))
        }
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1")
}

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

    #[test]
    fn a_revoked_token_is_invalid_before_its_scope_is_judged() {
        let code = |scope: &str, standing| opened_by(&Scope::parse(scope).unwrap(), standing).unwrap_err().code;
        assert_eq!(code("email", Standing::Revoked), ErrorCode::InvalidToken);
        assert_eq!(code("email", Standing::Client), ErrorCode::InsufficientScope);
        assert_eq!(code("openid", Standing::Client), ErrorCode::InvalidToken);
    }
}
