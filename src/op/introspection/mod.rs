//! Token introspection (RFC 7662): the present state of a token, for the parties that it concerns.

pub mod endpoint;

use super::Op;
use crate::model::client::{Client, Clients};
use crate::model::subject;
use crate::model::user::User;
use crate::op::feature::Feature;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{Config, FeatureName};
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::protocol::confirmation::Binding;
use crate::protocol::scope::Scope;
use crate::tokens::Mint;
use crate::tokens::access_token::{self, AccessTokenClaims, Asked, Audience};
use crate::tokens::family::{self, Family, PresentedRefreshToken, store as families};
use crate::tokens::token_type;
use serde::Serialize;
use std::sync::Arc;

/// The response (RFC 7662 §2.2). For an inactive token it has only `active`, whatever the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Introspection {
    active: bool,
    #[serde(flatten)]
    token: Option<ActiveToken>,
}

impl Introspection {
    /// Unknown, ended, or not for the caller.
    pub const INACTIVE: Self = Self { active: false, token: None };

    fn active(token: ActiveToken) -> Self {
        Self { active: true, token: Some(token) }
    }
}

/// The members for an active token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ActiveToken {
    iss: String,
    sub: String,
    aud: Audience,
    client_id: String,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: Scope,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Binding>,
}

pub struct IntrospectionEndpoint {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    db: Db,
    pepper: Pepper,
    clients: Clients,
    mint: Arc<Mint>,
}

impl IntrospectionEndpoint {
    /// From the provider's shared state.
    pub fn new(op: &Op) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            clients: op.clients.clone(),
            mint: Arc::clone(&op.mint),
        }
    }

    /// Introspects a token for a client. The token's form shows its kind, so that `token_type_hint` is not needed.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn introspect(&self, caller: &Client, token: &str) -> Result<Introspection, Unavailable> {
        let active = match PresentedRefreshToken::parse(token) {
            Some(presented) => self.introspect_refresh_token(caller, presented).await?,
            None => self.introspect_access_token(caller, token).await?,
        };
        Ok(active.map_or(Introspection::INACTIVE, Introspection::active))
    }

    async fn introspect_access_token(&self, caller: &Client, token: &str) -> Result<Option<ActiveToken>, Unavailable> {
        let Some(claims) = self.mint.find(token).await? else { return Ok(None) };
        if !self.may_introspect(caller, &claims).await? {
            return Ok(None);
        }
        Ok(match self.mint.standing(&claims, Asked::ByIntrospection).await? {
            access_token::Standing::Revoked | access_token::Standing::Unproven => None,
            access_token::Standing::Client => Some(of_access_token(claims, None)),
            access_token::Standing::Person(person) => {
                let claims = AccessTokenClaims { cnf: person.bound_to, ..claims };
                Some(of_access_token(claims, Some(&person.user)))
            }
        })
    }

    /// The client that the token was issued to, or one that its API names; and the token's client must be enabled.
    async fn may_introspect(&self, caller: &Client, claims: &AccessTokenClaims) -> Result<bool, Unavailable> {
        if claims.client_id == caller.id {
            return Ok(caller.enabled);
        }
        if !self.mint.resources().introspects(&caller.id, claims.aud.names()) {
            return Ok(false);
        }
        Ok(self.clients.find_enabled(&claims.client_id).await?.is_some())
    }

    /// A refresh token concerns only its own client.
    async fn introspect_refresh_token(
        &self,
        caller: &Client,
        presented: PresentedRefreshToken,
    ) -> Result<Option<ActiveToken>, Unavailable> {
        let id = presented.family_id.clone();
        let sector = caller.sector();
        let found = self
            .db
            .read(move |connection| {
                let Some((family, user)) = families::find(connection, &id)? else { return Ok(None) };
                // The rest uses the caller's own subject for the person.
                let sub = subject::store::known(connection, &user, sector.as_deref())?;
                Ok(sub.map(|sub| (family, User { sub, ..user })))
            })
            .await?;
        let own = found.filter(|(family, _)| family.client_id == caller.id && family.made(&self.pepper, &presented));
        let (now, grace) = (self.clock.now(), self.config.tokens.refresh_grace);
        let usable = own.filter(|(family, user)| {
            let standing = family::standing(family, presented.generation, now, grace);
            is_usable(family, user, standing, now)
        });
        Ok(usable.map(|(family, user)| of_refresh_token(family, &user, self.config.issuer.as_str())))
    }
}

fn is_usable(family: &Family, user: &User, standing: family::Standing, now: Time) -> bool {
    let refreshes = matches!(standing, family::Standing::Newest | family::Standing::Grace);
    refreshes && user.is_active() && family.is_live(now, user.epoch)
}

fn of_access_token(claims: AccessTokenClaims, user: Option<&User>) -> ActiveToken {
    // A client with a pairwise subject must not learn the public one.
    let user = user.filter(|user| user.sub == claims.sub);
    ActiveToken {
        iss: claims.iss,
        sub: claims.sub,
        aud: claims.aud,
        client_id: claims.client_id,
        scope: claims.scope,
        exp: claims.exp,
        iat: claims.iat,
        jti: Some(claims.jti),
        token_type: token_type(claims.cnf.as_ref()),
        username: user.and_then(username),
        auth_time: claims.auth_time,
        acr: claims.acr,
        amr: claims.amr,
        cnf: claims.cnf,
    }
}

fn of_refresh_token(family: Family, user: &User, issuer: &str) -> ActiveToken {
    ActiveToken {
        iss: issuer.to_owned(),
        sub: user.sub.clone(),
        // A refresh token is for the provider only, whatever its access tokens open.
        aud: Audience::One(issuer.to_owned()),
        client_id: family.client_id,
        scope: family.authorized.scope,
        exp: family.idle_until.min(family.expires_at).seconds(),
        iat: family.rotated_at.seconds(),
        jti: None,
        token_type: "refresh_token",
        username: username(user),
        auth_time: Some(family.authorized.auth_time.seconds()),
        acr: family.authorized.acr,
        amr: family.authorized.amr,
        cnf: family.binding,
    }
}

fn username(user: &User) -> Option<String> {
    user.text("preferred_username").map(str::to_owned)
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 7662"],
        mount: vec![endpoint::mount],
        metadata: endpoint::metadata,
        ..Feature::new(FeatureName::Introspection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> AccessTokenClaims {
        AccessTokenClaims {
            iss: "https://op.example".into(),
            sub: "s".into(),
            aud: Audience::One("https://api.example".into()),
            exp: 20,
            iat: 10,
            jti: "j".into(),
            client_id: "rp".into(),
            scope: Scope::parse("openid api:read").unwrap(),
            auth_time: None,
            acr: None,
            amr: vec![],
            family_id: Some("f".into()),
            cnf: None,
        }
    }

    #[test]
    fn rfc7662_2_2_an_inactive_token_is_told_by_one_member() {
        assert_eq!(serde_json::to_string(&Introspection::INACTIVE).unwrap(), r#"{"active":false}"#);
    }

    #[test]
    fn rfc7662_2_2_an_active_token_tells_its_members_and_nothing_of_ours() {
        let answer = serde_json::to_value(Introspection::active(of_access_token(claims(), None))).unwrap();
        let expected = serde_json::json!({
            "active": true, "iss": "https://op.example", "sub": "s", "aud": "https://api.example", "client_id": "rp",
            "scope": "openid api:read", "exp": 20, "iat": 10, "jti": "j", "token_type": "Bearer",
        });
        assert_eq!(answer, expected);
    }
}
