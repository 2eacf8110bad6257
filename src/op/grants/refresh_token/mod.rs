//! The refresh token grant (RFC 6749 §6), with rotation, reuse detection and a short retry grace (RFC 9700 §4.14.2).

mod engine;

use super::invalid_grant;
use crate::model::subject::Naming;
use crate::op::Op;
use crate::op::feature::{Feature, GrantFeature};
use crate::op::token::{Grant, TokenRequest};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, FeatureName};
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::random::Random;
use crate::protocol::error::OAuthError;
use crate::protocol::grant_type::GrantType;
use crate::protocol::resource;
use crate::protocol::scope::Scope;
use crate::tokens::family::store::{self, Rotation, Use};
use crate::tokens::family::{Family, PresentedRefreshToken};
use crate::tokens::{Authorization, resource::narrow};
use async_trait::async_trait;
use engine::RefreshRequest;
use std::sync::Arc;

pub struct RefreshTokenGrant {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    pepper: Pepper,
}

impl RefreshTokenGrant {
    pub fn new(op: &Op) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            random: Arc::clone(&op.random),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
        }
    }
}

#[async_trait]
impl Grant for RefreshTokenGrant {
    fn grant_type(&self) -> GrantType {
        GrantType::RefreshToken
    }

    async fn authorize(&self, request: &TokenRequest<'_>) -> Result<Authorization, OAuthError> {
        let (client, form) = (request.client.client(), request.form);
        let text = form.require("refresh_token")?;
        let scope = form.find("scope").map(Scope::parse).transpose()?;
        let asked = resource::parse(form.all("resource"))?;
        let presented = PresentedRefreshToken::parse(text)
            .ok_or_else(|| invalid_grant("the refresh token was not issued here").client(&client.id))?;
        let using = Use {
            pepper: self.pepper.clone(),
            presented,
            client_id: client.id.clone(),
            naming: Naming::of(client, self.random.as_ref()),
            grace: self.config.tokens.refresh_grace,
            idle: self.config.tokens.refresh_idle,
            now: self.clock.now(),
        };
        // Everything is checked before anything is used up, and used up in the same transaction.
        let text = text.to_owned();
        let (proof, allowed) = (request.proof.clone(), client.allowed_scope());
        let judge = move |using: &Use, family: &Family| {
            // RFC 9449 §5: a refresh token of a public client is bound as its access tokens are.
            if family.binding.as_ref().is_some_and(|bound_to| proof.binding() != Some(bound_to)) {
                return Err(invalid_grant(
                    "the refresh token is bound to a key or certificate that this request does not prove",
                ));
            }
            let request = RefreshRequest { client_id: &using.client_id, refresh_token: &text, scope: scope.as_ref() };
            // What an operator took from the client since is not renewed.
            let scope = engine::judge(&request, family)?;
            let left = scope.filter(|token| allowed.contains(token));
            if left.is_empty() && !scope.is_empty() {
                return Err(invalid_grant("the client may not use anything of what was granted any more"));
            }
            let scope = left;
            Ok((scope, narrow(&family.authorized.resources, &asked)?))
        };
        let rotation = self.db.write(move |tx| store::rotate(tx, &using, |family| judge(&using, family))).await?;
        match rotation {
            Rotation::Rotated(proof, (scope, resources)) => {
                Ok(Authorization::from_refresh(Arc::clone(client), *proof, scope, resources, &self.pepper))
            }
            Rotation::Refused(error) => Err(error.client(&client.id)),
            Rotation::Invalid(why) => Err(invalid_grant(why).client(&client.id)),
            Rotation::Reused { family_id } => {
                Err(invalid_grant("the refresh token was already used; its family is revoked")
                    .clause("RFC 9700 §4.14.2")
                    .cause(format!("family {family_id} ended"))
                    .client(&client.id))
            }
        }
    }
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6749", "RFC 9700"],
        grant: Some(GrantFeature {
            grant_type: GrantType::RefreshToken,
            start: |op| Arc::new(RefreshTokenGrant::new(op)),
        }),
        ..Feature::new(FeatureName::RefreshToken)
    }
}
