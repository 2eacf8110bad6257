//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636, OpenID Connect Core §3.1.3).

mod engine;

use super::invalid_grant;
use crate::model::client::Client;
use crate::model::subject::Naming;
use crate::op::Op;
use crate::op::client_auth::AuthenticatedClient;
use crate::op::token::Grant;
use crate::op::token::family::Beginning;
use crate::platform::crypto::{OpaqueToken, TokenHash, TokenKind};
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

/// The grant.
pub struct AuthorizationCodeGrant;

#[async_trait]
impl Grant for AuthorizationCodeGrant {
    fn grant_type(&self) -> GrantType {
        GrantType::AuthorizationCode
    }

    async fn authorize(
        &self,
        op: &Op,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<Authorization, OAuthError> {
        let client = client.client();
        let text = form.require("code")?;
        let asked = resource::parse(form.all("resource"))?;
        let hash = op.pepper.hash(CODE_KIND, text.as_bytes());
        let Some(code) = find(op, text).await? else { return Err(forgotten(op, client, form, hash).await) };
        judge(client, form, text, &code)?;
        let resources = narrow(&code.authorized.resources, &asked)?;
        redeem(op, client, hash, code, resources).await
    }
}

async fn find(op: &Op, text: &str) -> Result<Option<AuthorizationCode>, OAuthError> {
    if OpaqueToken::parse(TokenKind::AuthorizationCode, text).is_none() {
        return Ok(None);
    }
    Ok(op.codes.find(text).await?.filter(|code| code.expires_at > op.now()))
}

fn judge(client: &Client, form: &Params, text: &str, code: &AuthorizationCode) -> Result<(), OAuthError> {
    let redirect_uri = match form.find("redirect_uri") {
        Some(uri) => uri,
        None if code.redirect_uri_named => {
            return Err(
                invalid_grant("redirect_uri is missing, and the authorization request named one").client(&client.id)
            );
        }
        None => &code.redirect_uri,
    };
    // As texts first: the core compares parsed URLs, which call two spellings the same.
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

async fn redeem(
    op: &Op,
    client: &Arc<Client>,
    hash: TokenHash,
    code: AuthorizationCode,
    resources: Vec<String>,
) -> Result<Authorization, OAuthError> {
    let family = op.family(Beginning {
        client,
        person_id: &code.person_id,
        session_id: &code.session_id,
        authorized: code.authorized.clone(),
        refreshes: client.metadata.allows_grant(GrantType::RefreshToken.as_str()),
    });
    let (naming, now) = (Naming::of(client, op.random.as_ref()), op.now());
    let redemption = op.db.write(move |tx| codes::redeem(tx, &hash, code, family, &naming, now)).await?;
    match redemption {
        codes::Redemption::Redeemed(proof) => {
            Ok(Authorization::from_code(Arc::clone(client), *proof, resources, &op.pepper))
        }
        codes::Redemption::Replayed => Err(replayed(client)),
        codes::Redemption::Refused(why) => Err(invalid_grant(why).client(&client.id)),
    }
}

fn replayed(client: &Client) -> OAuthError {
    invalid_grant("the code was used before; what came of it is revoked").clause("RFC 6749 §4.1.2").client(&client.id)
}

/// A code that the short-lived store does not know: unknown, expired, or used long ago. A replay by the client that
/// owns it, with the right verifier and redirect URI, still ends its family; anything less does not (OAuth 2.1 §7.5.2).
async fn forgotten(op: &Op, client: &Client, form: &Params, hash: TokenHash) -> OAuthError {
    let looked_up = hash.clone();
    let spent = match op.db.read(move |connection| codes::find_spent(connection, &looked_up)).await {
        Ok(spent) => spent,
        Err(unavailable) => return unavailable.into(),
    };
    let proven = spent.is_some_and(|spent| {
        spent.client_id == client.id
            && form.find("redirect_uri").is_none_or(|uri| uri == spent.redirect_uri)
            && pkce::verify(spent.code_challenge.as_ref(), form.find("code_verifier")).is_ok()
    });
    if !proven {
        return invalid_grant("the code is unknown or has expired").client(&client.id);
    }
    let now = op.now();
    match op.db.write(move |tx| codes::revoke_spent(tx, &hash, now)).await {
        Ok(_) => replayed(client),
        Err(unavailable) => unavailable.into(),
    }
}
