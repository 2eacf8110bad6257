//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636, OpenID Connect Core §3.1.3).

mod engine;

use super::invalid_grant;
use crate::model::client::Client;
use crate::model::subject::Naming;
use crate::op::Op;
use crate::op::feature::{Feature, GrantFeature};
use crate::op::token::family::{Beginning, Families};
use crate::op::token::{Grant, TokenRequest};
use crate::platform::clock::Clock;
use crate::platform::config::FeatureName;
use crate::platform::crypto::{OpaqueToken, Pepper, TokenHash, TokenKind};
use crate::platform::db::Db;
use crate::platform::ephemeral::{Namespace, Slot};
use crate::platform::random::Random;
use crate::protocol::confirmation::Binding;
use crate::protocol::error::OAuthError;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::{pkce, resource};
use crate::tokens::code::{AuthorizationCode, store as codes};
use crate::tokens::{Authorization, resource::narrow};
use async_trait::async_trait;
use engine::CodeRequest;
use std::sync::Arc;

/// The kind that codes are hashed as.
const CODE_KIND: &str = "authorization_code";

pub struct AuthorizationCodeGrant {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    pepper: Pepper,
    codes: Slot<AuthorizationCode>,
    families: Families,
}

impl AuthorizationCodeGrant {
    /// With the codes that the authorization endpoint issues.
    pub fn new(op: &Op) -> Self {
        Self {
            clock: Arc::clone(&op.clock),
            random: Arc::clone(&op.random),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            codes: op.slots.slot(Namespace::AuthorizationCode),
            families: Families::new(op),
        }
    }
}

#[async_trait]
impl Grant for AuthorizationCodeGrant {
    fn grant_type(&self) -> GrantType {
        GrantType::AuthorizationCode
    }

    async fn authorize(&self, request: &TokenRequest<'_>) -> Result<Authorization, OAuthError> {
        let (client, form) = (request.client.client(), request.form);
        let text = form.require("code")?;
        let asked = resource::parse(form.all("resource"))?;
        let hash = self.pepper.hash(CODE_KIND, text.as_bytes());
        let Some(code) = self.find(text).await? else { return Err(self.forgotten(client, form, hash).await) };
        judge(client, form, text, &code)?;
        let resources = narrow(&code.authorized.resources, &asked)?;
        // A confidential client proves itself at each refresh: its family is not bound (RFC 9449 §5).
        let binding = request.proof.binding().filter(|_| client.metadata.is_public()).cloned();
        self.redeem(client, hash, code, (resources, binding)).await
    }
}

impl AuthorizationCodeGrant {
    async fn find(&self, text: &str) -> Result<Option<AuthorizationCode>, OAuthError> {
        if OpaqueToken::parse(TokenKind::AuthorizationCode, text).is_none() {
            return Ok(None);
        }
        Ok(self.codes.find(text).await?.filter(|code| code.expires_at > self.clock.now()))
    }

    async fn redeem(
        &self,
        client: &Arc<Client>,
        hash: TokenHash,
        code: AuthorizationCode,
        (resources, binding): (Vec<String>, Option<Binding>),
    ) -> Result<Authorization, OAuthError> {
        let family = self.families.family(Beginning {
            client,
            person_id: &code.person_id,
            session_id: &code.session_id,
            authorized: code.authorized.clone(),
            refreshes: client.metadata.allows_grant(GrantType::RefreshToken.as_str()),
            binding,
        });
        let (naming, now) = (Naming::of(client, self.random.as_ref()), self.clock.now());
        let redemption = self.db.write(move |tx| codes::redeem(tx, &hash, code, family, &naming, now)).await?;
        match redemption {
            codes::Redemption::Redeemed(proof) => {
                Ok(Authorization::from_code(Arc::clone(client), *proof, resources, &self.pepper))
            }
            codes::Redemption::Replayed => Err(replayed(client)),
            codes::Redemption::Refused(why) => Err(invalid_grant(why).client(&client.id)),
        }
    }

    /// A code that the short-lived store does not know: unknown, expired, or used long ago. A replay by the client that
    /// owns it, with the right verifier and redirect URI, still ends its family; anything less does not (OAuth 2.1 §7.5.2).
    async fn forgotten(&self, client: &Client, form: &Params, hash: TokenHash) -> OAuthError {
        let looked_up = hash.clone();
        let spent = match self.db.read(move |connection| codes::find_spent(connection, &looked_up)).await {
            Ok(spent) => spent,
            Err(unavailable) => return unavailable.into(),
        };
        let proven = spent.is_some_and(|spent| {
            spent.client_id == client.id
                && form.find("redirect_uri").is_none_or(|uri| uri == spent.redirect_uri)
                && pkce::verify(spent.code_challenge.as_ref(), form.find("code_verifier")).is_ok()
        });
        if !proven {
            return invalid_grant("the code is unknown or expired").client(&client.id);
        }
        let now = self.clock.now();
        match self.db.write(move |tx| codes::revoke_spent(tx, &hash, now)).await {
            Ok(_) => replayed(client),
            Err(unavailable) => unavailable.into(),
        }
    }
}

fn judge(client: &Client, form: &Params, text: &str, code: &AuthorizationCode) -> Result<(), OAuthError> {
    let redirect_uri = match form.find("redirect_uri") {
        Some(uri) => uri,
        None if code.redirect_uri_named => {
            return Err(
                invalid_grant("redirect_uri is missing, but the authorization request had one").client(&client.id)
            );
        }
        None => &code.redirect_uri,
    };
    // As strings first: the core compares parsed URLs, for which different spellings are equal.
    if redirect_uri != code.redirect_uri && client.id == code.client_id {
        return Err(invalid_grant("redirect_uri differs from the authorization request")
            .clause("RFC 6749 §4.1.3")
            .sent(redirect_uri, &code.redirect_uri)
            .client(&client.id));
    }
    let request =
        CodeRequest { client_id: &client.id, code: text, redirect_uri, code_verifier: form.find("code_verifier") };
    engine::judge(&request, code).map_err(|error| error.client(&client.id))
}

fn replayed(client: &Client) -> OAuthError {
    invalid_grant("the code was already used; its tokens are revoked").clause("RFC 6749 §4.1.2").client(&client.id)
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6749"],
        grant: Some(GrantFeature {
            grant_type: GrantType::AuthorizationCode,
            start: |op| Arc::new(AuthorizationCodeGrant::new(op)),
        }),
        ..Feature::new(FeatureName::AuthorizationCode)
    }
}
