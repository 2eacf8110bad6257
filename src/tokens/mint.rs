//! The mint: takes an [`Authorization`] by value and gives the token endpoint's answer.

use super::access_token::{AccessTokenClaims, Audience, MOST_VERIFIED, VerifiedTokens};
use super::authorization::{Authorization, Subject};
use super::id_token::Companions;
use super::live::Standings;
use super::resource::Resources;
use crate::model::key::KeyRing;
use crate::platform::clock::{Clock, Time};
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::ephemeral::Slot;
use crate::platform::error::Unavailable;
use crate::platform::jose::Algorithm;
use crate::platform::random::{self, Random};
use crate::protocol::claims::{Claims, Locales};
use crate::protocol::confirmation::Binding;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::token_response::TokenResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// How long tokens live.
#[derive(Clone, Debug)]
pub struct Lifetimes {
    /// Access tokens without a resource of their own rule.
    pub access: Duration,
    pub id: Duration,
}

/// An answer through the browser: what it consists of.
#[derive(Clone, Copy, Debug)]
pub struct FrontChannel<'a> {
    pub response_type: ResponseType,
    /// The code beside them, for `c_hash`.
    pub code: Option<&'a str>,
    /// The state beside them, for `s_hash`.
    pub state: Option<&'a str>,
}

/// What goes through the browser.
#[derive(Debug, Default)]
pub struct FrontChannelTokens {
    pub access_token: Option<String>,
    /// Its lifetime in seconds.
    pub expires_in: u64,
    /// What it is good for.
    pub scope: Scope,
    pub id_token: Option<String>,
}

pub struct Mint {
    pub(super) issuer: String,
    pub(super) keys: KeyRing,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) opaque: Slot<AccessTokenClaims>,
    pub(super) verified: VerifiedTokens,
    pub(super) standings: Standings,
    pub(super) pepper: Pepper,
    pub(super) lifetimes: Lifetimes,
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
            IssueError::NoKey(algorithm) => format!("there is no key for {algorithm} yet"),
            IssueError::Unavailable(_) | IssueError::Signing(_) => {
                "the tokens could not be issued, try again".to_owned()
            }
        };
        ErrorCode::TemporarilyUnavailable.because(why).cause(error)
    }
}

/// The parts of a mint.
pub struct Parts {
    /// `iss`.
    pub issuer: String,
    pub keys: KeyRing,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// Where token families are.
    pub db: Db,
    /// Where opaque access tokens are kept.
    pub opaque: Slot<AccessTokenClaims>,
    /// Derives `sid`.
    pub pepper: Pepper,
    /// How long tokens live.
    pub lifetimes: Lifetimes,
    pub resources: Resources,
}

/// `token_type` (RFC 6749 §7.1): a token bound to a certificate is sent as any bearer token (RFC 8705 §3).
pub fn token_type(binding: Option<&Binding>) -> &'static str {
    match binding {
        Some(Binding::Key(_)) => "DPoP",
        Some(Binding::Certificate(_)) | None => "Bearer",
    }
}

impl Mint {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { issuer, keys, clock, random, db, opaque, pepper, lifetimes, resources } = parts;
        let (verified, standings) = (VerifiedTokens::new(MOST_VERIFIED), Standings::new(db));
        Self { issuer, keys, clock, random, opaque, verified, standings, pepper, lifetimes, resources }
    }

    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Makes the tokens that an authorization is good for. `opened` are the claims that the ID token carries of what the
    /// scope opens.
    ///
    /// # Errors
    /// See [`IssueError`]. Whatever was spent for the authorization stays spent.
    pub async fn issue(
        &self,
        mut authorization: Authorization,
        opened: impl FnOnce(&Claims, &Scope, &Locales) -> Claims,
    ) -> Result<TokenResponse, IssueError> {
        let now = self.clock.now();
        let asked = authorization.scope.clone();
        authorization.scope = self.resources.fit(&authorization.scope, &authorization.resources);
        let (format, algorithm, lifetime) = self.resources.style(&authorization.resources, self.lifetimes.access);
        let claims = self.access_claims(&authorization, now, lifetime);
        let access_token = self.write(&claims, format, algorithm).await?;
        let mut response = TokenResponse {
            access_token,
            token_type: token_type(authorization.binding.as_ref()),
            expires_in: lifetime.as_secs(),
            refresh_token: None,
            id_token: None,
            scope: authorization.scope,
        };
        if let Subject::Person(delegation) = authorization.subject {
            if response.scope.contains("openid") {
                let companions = Companions { access_token: Some(&response.access_token), ..Companions::default() };
                // By what was granted: which API the access token is for says nothing about the person's claims.
                let person = opened(&delegation.person, &asked, &delegation.authorized.claims_locales);
                let id_token = self.id_token(&authorization.client, &delegation, companions, person, now).await?;
                response.id_token = Some(id_token);
            }
            response.refresh_token = delegation.refresh_token.map(|token| token.expose().to_owned());
        }
        Ok(response)
    }

    /// Makes the tokens that go through the browser (OpenID Connect Core §3.2.2.5, §3.3.2.5). `opened` are the claims
    /// that the scope opens: where no access token could fetch them, the ID token carries them (§5.4).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn issue_front_channel(
        &self,
        mut authorization: Authorization,
        answer: &FrontChannel<'_>,
        opened: impl FnOnce(&Claims, &Scope) -> Claims,
    ) -> Result<FrontChannelTokens, IssueError> {
        let now = self.clock.now();
        authorization.scope = self.resources.fit(&authorization.scope, &authorization.resources);
        let mut tokens = FrontChannelTokens::default();
        if answer.response_type.token {
            let (format, algorithm, lifetime) = self.resources.style(&authorization.resources, self.lifetimes.access);
            let claims = self.access_claims(&authorization, now, lifetime);
            tokens.access_token = Some(self.write(&claims, format, algorithm).await?);
            tokens.expires_in = lifetime.as_secs();
        }
        if let (true, Subject::Person(delegation)) = (answer.response_type.id_token, &authorization.subject) {
            let fetched = answer.response_type.token || answer.response_type.code;
            let person = if fetched { Claims::new() } else { opened(&delegation.person, &authorization.scope) };
            let companions =
                Companions { access_token: tokens.access_token.as_deref(), code: answer.code, state: answer.state };
            tokens.id_token = Some(self.id_token(&authorization.client, delegation, companions, person, now).await?);
        }
        tokens.scope = authorization.scope;
        Ok(tokens)
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
            cnf: authorization.binding.clone(),
        };
        if let Subject::Person(delegation) = &authorization.subject {
            claims.sub.clone_from(&delegation.sub);
            claims.auth_time = Some(delegation.authorized.auth_time.seconds());
            claims.acr.clone_from(&delegation.authorized.acr);
            claims.amr.clone_from(&delegation.authorized.amr);
            claims.family_id = Some(delegation.family_id.clone());
        }
        claims
    }

    /// Signs a person's claims for a client (OpenID Connect Core §5.3.2).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn sign_userinfo(
        &self,
        algorithm: Algorithm,
        client_id: &str,
        mut claims: Claims,
    ) -> Result<String, IssueError> {
        claims.insert("iss".to_owned(), self.issuer.clone().into());
        claims.insert("aud".to_owned(), client_id.into());
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
