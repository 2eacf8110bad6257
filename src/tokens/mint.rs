//! The mint: takes an [`Authorization`] by value and gives the token endpoint's answer.

use super::access_token::{AccessTokenClaims, Audience, MOST_VERIFIED, VerifiedTokens};
use super::authorization::{Authorization, Delegation, Subject};
use super::id_token::IdTokenClaims;
use super::resource::Resources;
use crate::model::client::Client;
use crate::model::key::KeyRing;
use crate::model::session;
use crate::platform::clock::{Clock, Time};
use crate::platform::crypto::Pepper;
use crate::platform::ephemeral::Slot;
use crate::platform::error::Unavailable;
use crate::platform::jose::Algorithm;
use crate::platform::random::{self, Random};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::token_response::TokenResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::Digest as _;
use std::sync::Arc;
use std::time::Duration;

/// How long tokens live.
#[derive(Clone, Debug)]
pub struct Lifetimes {
    /// Access tokens without a resource of their own rule.
    pub access: Duration,
    /// ID tokens.
    pub id: Duration,
}

/// Makes every token.
pub struct Mint {
    pub(super) issuer: String,
    pub(super) keys: KeyRing,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) opaque: Slot<AccessTokenClaims>,
    pub(super) verified: VerifiedTokens,
    pepper: Pepper,
    lifetimes: Lifetimes,
    resources: Resources,
}

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// A store did not answer.
    #[error("{0}")]
    Unavailable(String),
    /// No key signs with the algorithm that the client or API registered.
    #[error("no active key signs with {0}")]
    NoKey(&'static str),
    /// The key did not sign.
    #[error("{0}")]
    Signing(String),
}

impl From<Unavailable> for IssueError {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable.cause)
    }
}

impl From<IssueError> for OAuthError {
    fn from(error: IssueError) -> Self {
        let why = match &error {
            IssueError::NoKey(algorithm) => format!("no key signs with {algorithm} yet"),
            IssueError::Unavailable(_) | IssueError::Signing(_) => "the tokens could not be made, try again".to_owned(),
        };
        ErrorCode::TemporarilyUnavailable.because(why).cause(error)
    }
}

/// What a mint is made of.
pub struct Parts {
    /// `iss`.
    pub issuer: String,
    /// What signs.
    pub keys: KeyRing,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// Where opaque access tokens are kept.
    pub opaque: Slot<AccessTokenClaims>,
    /// Derives `sid`.
    pub pepper: Pepper,
    /// How long tokens live.
    pub lifetimes: Lifetimes,
    /// The operator's APIs.
    pub resources: Resources,
}

impl Mint {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { issuer, keys, clock, random, opaque, pepper, lifetimes, resources } = parts;
        let verified = VerifiedTokens::new(MOST_VERIFIED);
        Self { issuer, keys, clock, random, opaque, verified, pepper, lifetimes, resources }
    }

    /// The operator's APIs.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Makes the tokens that an authorization is good for.
    ///
    /// # Errors
    /// See [`IssueError`]. Whatever was spent for the authorization stays spent.
    pub async fn issue(&self, mut authorization: Authorization) -> Result<TokenResponse, IssueError> {
        let now = self.clock.now();
        authorization.scope = self.resources.fit(&authorization.scope, &authorization.resources);
        let (format, algorithm, lifetime) = self.resources.style(&authorization.resources, self.lifetimes.access);
        let claims = self.access_claims(&authorization, now, lifetime);
        let access_token = self.write(&claims, format, algorithm).await?;
        let mut response = TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: lifetime.as_secs(),
            refresh_token: None,
            id_token: None,
            scope: authorization.scope,
        };
        if let Subject::Person(delegation) = authorization.subject {
            if response.scope.contains("openid") {
                let id_token = self.id_token(&authorization.client, &delegation, &response.access_token, now).await?;
                response.id_token = Some(id_token);
            }
            response.refresh_token = delegation.refresh_token.map(|token| token.expose().to_owned());
        }
        Ok(response)
    }

    fn access_claims(&self, authorization: &Authorization, now: Time, lifetime: Duration) -> AccessTokenClaims {
        let audience = match authorization.resources.as_slice() {
            [] => vec![self.issuer.clone()],
            resources => resources.to_vec(),
        };
        let mut claims = AccessTokenClaims {
            iss: self.issuer.clone(),
            sub: authorization.client.id.clone(),
            aud: Audience::new(audience),
            exp: (now + lifetime).seconds(),
            iat: now.seconds(),
            jti: URL_SAFE_NO_PAD.encode(random::bytes::<16>(self.random.as_ref())),
            client_id: authorization.client.id.clone(),
            scope: authorization.scope.clone(),
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            family_id: None,
        };
        if let Subject::Person(delegation) = &authorization.subject {
            claims.sub.clone_from(&delegation.sub);
            claims.auth_time = Some(delegation.auth_time.seconds());
            claims.acr.clone_from(&delegation.acr);
            claims.amr.clone_from(&delegation.amr);
            claims.family_id = Some(delegation.family_id.clone());
        }
        claims
    }

    async fn id_token(
        &self,
        client: &Client,
        delegation: &Delegation,
        access_token: &str,
        now: Time,
    ) -> Result<String, IssueError> {
        let algorithm = id_token_algorithm(client);
        let sid = delegation.session_id.as_deref().map(|session| session::sid(&self.pepper, session, &client.id));
        let at_hash = half_hash(algorithm, access_token);
        let claims = IdTokenClaims {
            iss: &self.issuer,
            sub: &delegation.sub,
            aud: &client.id,
            exp: (now + self.lifetimes.id).seconds(),
            iat: now.seconds(),
            auth_time: delegation.auth_time.seconds(),
            nonce: delegation.nonce.as_deref(),
            acr: delegation.acr.as_deref(),
            amr: &delegation.amr,
            at_hash: &at_hash,
            sid: sid.as_deref(),
        };
        self.sign(algorithm, "JWT", &claims).await
    }

    pub(super) async fn sign(
        &self,
        algorithm: Algorithm,
        typ: &'static str,
        claims: &impl Serialize,
    ) -> Result<String, IssueError> {
        let bytes = serde_json::to_vec(claims).map_err(|error| IssueError::Signing(error.to_string()))?;
        let keys = self.keys.load().await?;
        let signer = keys.signer(algorithm).ok_or(IssueError::NoKey(algorithm.as_str()))?;
        signer.sign(typ, &bytes).map_err(|error| IssueError::Signing(error.to_string()))
    }
}

/// What signs a client's ID tokens: RS256 where it registered nothing (OpenID Connect Registration §2).
pub fn id_token_algorithm(client: &Client) -> Algorithm {
    client.metadata.id_token_signed_response_alg.as_deref().and_then(Algorithm::parse).unwrap_or(Algorithm::RS256)
}

/// The left half of a hash by the ID token's algorithm (OpenID Connect Core §3.1.3.6 `at_hash`).
fn half_hash(algorithm: Algorithm, value: &str) -> String {
    let half = |hash: &[u8]| URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2).unwrap_or(hash));
    match algorithm {
        Algorithm::RS384 | Algorithm::PS384 | Algorithm::ES384 => half(&sha2::Sha384::digest(value)),
        Algorithm::RS512 | Algorithm::PS512 | Algorithm::ES512 | Algorithm::EdDSA => half(&sha2::Sha512::digest(value)),
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 => half(&sha2::Sha256::digest(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_core_a_3_the_example_of_at_hash() {
        assert_eq!(
            half_hash(Algorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
