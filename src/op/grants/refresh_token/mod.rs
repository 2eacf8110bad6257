//! The refresh token grant (RFC 6749 §6), with rotation, reuse detection and a short retry grace (RFC 9700 §4.14.2).

mod engine;

use super::{invalid_grant, still_enabled};
use crate::op::Op;
use crate::op::client_auth::AuthenticatedClient;
use crate::op::token::Grant;
use crate::protocol::error::OAuthError;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::resource;
use crate::protocol::scope::Scope;
use crate::tokens::family::store::{self, Rotation, RotationRules};
use crate::tokens::family::{Family, PresentedRefreshToken};
use crate::tokens::{Authorization, resource::narrow};
use async_trait::async_trait;
use engine::RefreshRequest;
use std::sync::Arc;

/// The grant.
pub struct RefreshTokenGrant;

#[async_trait]
impl Grant for RefreshTokenGrant {
    fn grant_type(&self) -> GrantType {
        GrantType::RefreshToken
    }

    async fn authorize(
        &self,
        op: &Op,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<Authorization, OAuthError> {
        let client = client.client();
        let text = form.require("refresh_token")?;
        let scope = form.find("scope").map(Scope::parse).transpose()?;
        let asked = resource::parse(form.all("resource"))?;
        let presented = PresentedRefreshToken::parse(text)
            .ok_or_else(|| invalid_grant("the refresh token is not one of ours").client(&client.id))?;
        let request = RefreshRequest { client_id: &client.id, refresh_token: text, scope: scope.as_ref() };

        // Everything is judged before anything is spent, and spent in the same transaction that judged it.
        let (client_id, pepper, rules) = (client.id.clone(), op.pepper.clone(), rules(op));
        let family = load(op, &presented).await?.filter(|family| family.made(&op.pepper, &presented));
        let family = family.ok_or_else(|| invalid_grant("the refresh token is unknown").client(&client.id))?;
        let scope = engine::judge(&request, &family)?;
        let resources = narrow(&family.authorized.resources, &asked)?;
        let rotation = op
            .db
            .write(move |tx| {
                if !still_enabled(tx, &client_id)? {
                    return Ok(Rotation::Invalid("the client is disabled"));
                }
                store::rotate(tx, &pepper, &presented, &client_id, &rules)
            })
            .await?;
        match rotation {
            Rotation::Rotated(proof) => {
                Ok(Authorization::from_refresh(Arc::clone(client), *proof, scope, resources, &op.pepper))
            }
            Rotation::Invalid(why) => Err(invalid_grant(why).client(&client.id)),
            Rotation::Reused { family_id } => {
                Err(invalid_grant("the refresh token was used before; its family is revoked")
                    .clause("RFC 9700 §4.14.2")
                    .cause(format!("family {family_id} ended"))
                    .client(&client.id))
            }
        }
    }
}

async fn load(op: &Op, presented: &PresentedRefreshToken) -> Result<Option<Family>, OAuthError> {
    let id = presented.family_id.clone();
    let found = op.db.read(move |connection| store::find(connection, &id)).await?;
    Ok(found.map(|(family, _)| family))
}

fn rules(op: &Op) -> RotationRules {
    RotationRules { grace: op.config.tokens.refresh_grace, idle: op.config.tokens.refresh_idle, now: op.now() }
}
