//! The client credentials grant (RFC 6749 §4.4). No SQL where the client authenticates by secret.

mod engine;

use crate::op::Op;
use crate::op::feature::{Feature, GrantFeature};
use crate::op::token::{Grant, TokenRequest};
use crate::platform::config::FeatureName;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::grant_type::GrantType;
use crate::protocol::scope::Scope;
use crate::protocol::{claims, resource};
use crate::tokens::{Authorization, Mint};
use async_trait::async_trait;
use engine::ClientCredentialsRequest;
use std::sync::Arc;

pub struct ClientCredentialsGrant {
    mint: Arc<Mint>,
}

impl ClientCredentialsGrant {
    pub fn new(op: &Op) -> Self {
        Self { mint: Arc::clone(&op.mint) }
    }
}

#[async_trait]
impl Grant for ClientCredentialsGrant {
    fn grant_type(&self) -> GrantType {
        GrantType::ClientCredentials
    }

    async fn authorize(&self, request: &TokenRequest<'_>) -> Result<Authorization, OAuthError> {
        let (client, form) = (request.client.client(), request.form);
        if client.metadata.is_public() {
            return Err(ErrorCode::UnauthorizedClient
                .because("a public client may not use this grant")
                .clause("RFC 6749 §4.4")
                .client(&client.id));
        }
        let registered = registered(client.metadata.scope.as_deref());
        let scope = form.find("scope").map_or_else(|| Ok(registered.clone()), Scope::parse)?;
        let resources = self.mint.resources().resolve(client, &resource::parse(form.all("resource"))?)?;
        engine::judge(&ClientCredentialsRequest { client_id: &client.id, scope: &scope }, &registered)?;
        Ok(Authorization::from_client_credentials(Arc::clone(client), scope, resources))
    }
}

/// The registered scopes, without those about a person.
fn registered(scope: Option<&str>) -> Scope {
    Scope::from(scope.unwrap_or_default().to_owned())
        .filter(|token| token != claims::ACCOUNT && !claims::is_standard_scope(token))
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6749"],
        grant: Some(GrantFeature {
            grant_type: GrantType::ClientCredentials,
            start: |op| Arc::new(ClientCredentialsGrant::new(op)),
        }),
        ..Feature::new(FeatureName::ClientCredentials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6749_4_4_a_client_gets_its_registered_scopes_and_none_about_people() {
        assert_eq!(registered(Some("openid api:read email offline_access")).to_string(), "api:read");
        assert!(registered(None).is_empty());
    }
}
