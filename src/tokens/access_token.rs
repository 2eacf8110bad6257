//! Access tokens: JWTs (RFC 9068), or opaque ones for APIs that want them.

use super::live::{self, Delegated, Live};
use super::mint::Mint;
use crate::model::key::Keys;
use crate::platform::clock::Time;
use crate::platform::config::TokenFormat;
use crate::platform::crypto::{OpaqueToken, TokenKind};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::jose::{self, Algorithm, ClaimRules, Rules, Typ};
use crate::protocol::confirmation::{Binding, Proof};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::scope::Scope;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The claims of an access token (RFC 9068 §2.2), with the family that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    pub iss: String,
    /// The person, or the client itself.
    pub sub: String,
    /// The resource, or several; the issuer where none was named.
    pub aud: Audience,
    /// The end of its life, in seconds.
    pub exp: i64,
    /// When it was made, in seconds.
    pub iat: i64,
    pub jti: String,
    /// Whose token it is.
    pub client_id: String,
    /// What it is good for.
    #[serde(skip_serializing_if = "Scope::is_empty", default)]
    pub scope: Scope,
    /// When the person authenticated, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub amr: Vec<String>,
    /// The token family; absent where the client acts for itself.
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none", default)]
    pub family_id: Option<String>,
    /// What it is bound to (RFC 7800 §3.1); a bearer token has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cnf: Option<Binding>,
}

/// `aud`: a text, or a list where there is more than one (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    /// RFC 8707 §2.2
    Several(Vec<String>),
}

impl Audience {
    /// Of one or more names.
    pub fn new(mut names: Vec<String>) -> Self {
        match names.pop() {
            Some(name) if names.is_empty() => Self::One(name),
            Some(name) => {
                names.push(name);
                Self::Several(names)
            }
            None => Self::Several(names),
        }
    }

    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// Verified tokens by the hash of their text, and the change of the keys that verified them.
pub(super) type VerifiedTokens = moka::sync::Cache<[u8; 32], (i64, Arc<AccessTokenClaims>)>;

/// The maximum number of cached entries.
pub(super) const MOST_VERIFIED: u64 = 10_000;

/// The header type (RFC 9068 §2.1).
const TYP: &str = "at+jwt";

/// Why a text is not one of our access tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccessToken {
    /// Unknown, forged, of another kind, or expired; the text is for the log.
    #[error("{0}")]
    Invalid(String),
    /// A store did not answer.
    #[error("{0}")]
    Unavailable(String),
}

impl From<Unavailable> for InvalidAccessToken {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable.cause)
    }
}

impl From<InvalidAccessToken> for OAuthError {
    fn from(error: InvalidAccessToken) -> Self {
        match error {
            InvalidAccessToken::Invalid(cause) => {
                let why = "the access token was not issued here, or has expired";
                ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1").cause(cause)
            }
            InvalidAccessToken::Unavailable(cause) => Unavailable { cause }.into(),
        }
    }
}

fn invalid(cause: impl std::fmt::Display) -> InvalidAccessToken {
    InvalidAccessToken::Invalid(cause.to_string())
}

impl Mint {
    /// Writes an access token.
    pub(super) async fn write(
        &self,
        claims: &AccessTokenClaims,
        format: TokenFormat,
        algorithm: Algorithm,
    ) -> Result<String, super::IssueError> {
        match format {
            TokenFormat::Jwt => self.sign(algorithm, TYP, claims).await,
            TokenFormat::Opaque => {
                let token = OpaqueToken::new(TokenKind::AccessToken, self.random.as_ref());
                let life = Time::from_seconds(claims.exp).since(self.clock.now());
                self.opaque.put(token.expose(), claims, life).await?;
                Ok(token.expose().to_owned())
            }
        }
    }

    /// Reads an access token that this provider made: signature, kind and time. Whether it still stands is asked
    /// next, of [`standing`].
    ///
    /// # Errors
    /// See [`InvalidAccessToken`].
    pub async fn read(&self, token: &str) -> Result<AccessTokenClaims, InvalidAccessToken> {
        if token.starts_with("lk_at_") {
            OpaqueToken::parse(TokenKind::AccessToken, token).ok_or_else(|| invalid("checksum"))?;
            let claims = self.opaque.find(token).await?.ok_or_else(|| invalid("unknown or expired"))?;
            return self.in_time(claims);
        }
        let keys = self.keys.load().await?;
        // The signature of a text does not change while the keys stand; everything else is asked again each time.
        let hash: [u8; 32] = Sha256::digest(token).into();
        let claims = match self.verified.get(&hash).filter(|(change, _)| *change == keys.change()) {
            Some((_, claims)) => claims,
            None => {
                let claims = Arc::new(self.verify(token, &keys)?);
                self.verified.insert(hash, (keys.change(), Arc::clone(&claims)));
                claims
            }
        };
        self.in_time(Arc::unwrap_or_clone(claims))
    }

    fn verify(&self, token: &str, keys: &Keys) -> Result<AccessTokenClaims, InvalidAccessToken> {
        let rules = Rules { algorithms: &keys.algorithms, typ: Typ::Is(TYP), keys: &keys.verification };
        let verified = jose::verify(token, &rules).map_err(invalid)?;
        ClaimRules::at(self.clock.now()).issuer(&self.issuer).check(&verified.claims).map_err(invalid)?;
        serde_json::from_value(Value::Object(verified.claims.into_members())).map_err(invalid)
    }

    /// The access token of this text, if it is one of ours whose time is not over. See [`Mint::read`].
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn find(&self, token: &str) -> Result<Option<AccessTokenClaims>, Unavailable> {
        match self.read(token).await {
            Ok(claims) => Ok(Some(claims)),
            Err(InvalidAccessToken::Invalid(_)) => Ok(None),
            Err(InvalidAccessToken::Unavailable(cause)) => Err(Unavailable { cause }),
        }
    }

    /// Whether an access token still stands: not revoked, its family live, its person active. Asked again each time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn standing(&self, claims: &AccessTokenClaims, asked: Asked<'_>) -> Result<Standing, Unavailable> {
        Ok(self.standings.of(claims, self.clock.now()).await?.told(claims, asked))
    }

    /// Our own tokens have no clock but ours: no tolerance.
    fn in_time(&self, claims: AccessTokenClaims) -> Result<AccessTokenClaims, InvalidAccessToken> {
        if Time::from_seconds(claims.exp) > self.clock.now() { Ok(claims) } else { Err(invalid("expired")) }
    }
}

/// Whether an access token still stands: not revoked, its family live, its person active. One query, asked again each
/// time; [`Mint::standing`] shares it with others.
///
/// # Errors
/// Any failure of the database.
pub fn standing(
    connection: &mut Connection,
    claims: &AccessTokenClaims,
    asked: Asked<'_>,
    now: Time,
) -> QueryResult<Standing> {
    Ok(found(connection, claims, now)?.told(claims, asked))
}

/// The same without a look at what the token is bound to.
pub(super) fn found(connection: &mut Connection, claims: &AccessTokenClaims, now: Time) -> QueryResult<Standing> {
    match live::Question::about(claims, now) {
        Some(question) => live::store::find(connection, &question).map(Standing::of_live),
        None => {
            let revoked = super::revoked::store::is_over(connection, &claims.jti, claims.iat)?;
            Ok(if revoked { Standing::Revoked } else { Standing::Client })
        }
    }
}

/// Who asks for the state of a token.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// A protected resource, to which it was presented with this proof.
    ByResource(&'a Proof),
    /// An API that was given the token and judges its binding itself (RFC 9449 §6.2).
    ByIntrospection,
}

/// What [`standing`] found.
#[derive(Debug)]
pub enum Standing {
    /// It no longer counts.
    Revoked,
    /// It is a client's own.
    Client,
    /// It is bound to a key or certificate that the request does not prove.
    Unproven,
    /// It is a person's, and stands for what they authorized.
    Person(Box<Delegated>),
}

impl Standing {
    /// What whoever asked is told: a token that is bound stands only with the proof.
    pub(super) fn told(mut self, claims: &AccessTokenClaims, asked: Asked<'_>) -> Self {
        if let Self::Person(person) = &mut self {
            // The family may be bound where the token at hand is not: the one is as good as the other.
            person.bound_to = claims.cnf.clone().or(person.bound_to.take());
        }
        let bound_to = match &self {
            Self::Revoked | Self::Unproven => return self,
            Self::Client => claims.cnf.as_ref(),
            Self::Person(person) => person.bound_to.as_ref(),
        };
        match asked {
            Asked::ByResource(proof) if !proof.fits(bound_to) => Self::Unproven,
            Asked::ByResource(_) | Asked::ByIntrospection => self,
        }
    }

    pub(super) fn of_live(live: Live) -> Self {
        live.map_or(Self::Revoked, |person| Self::Person(Box::new(person)))
    }
}
