//! `private_key_jwt` and `client_secret_jwt` (OpenID Connect Core §9, RFC 7523 §2.2, §3): the same claims, signed with
//! the client's key or with its secret.

use super::signed::{Accepted, ClientJwtError};
use super::{AuthenticatedClient, ClientAuthentication, failed, store};
use crate::model::client::Client;
use crate::platform::clock::Time;
use crate::platform::db::Topic;
use crate::platform::jose::{self, Algorithm, ClaimRules, Claims, SymmetricAlgorithm, Typ};
use crate::platform::paths::Location;
use crate::protocol::client_metadata::ClientAuthMethod;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use std::time::Duration;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds. An assertion is made for one request: longer lifetimes are refused, so its `jti` is not stored longer.
const LONGEST: Duration = Duration::from_secs(60 * 60);
const LONGEST_JTI: usize = 256;

/// The algorithms that assertions may be signed with, for the metadata document.
pub(super) fn algorithms() -> impl Iterator<Item = &'static str> {
    let symmetric = SymmetricAlgorithm::ALL.into_iter().map(SymmetricAlgorithm::as_str);
    Algorithm::ALL.into_iter().map(Algorithm::as_str).chain(symmetric)
}

/// The algorithms that a client may sign with: the registered one, or all of its method.
fn accepted(client: &Client) -> Option<Accepted> {
    let registered = client.metadata.token_endpoint_auth_signing_alg.as_deref();
    match client.metadata.auth_method()? {
        ClientAuthMethod::PrivateKeyJwt => Some(Accepted::signatures(registered)),
        ClientAuthMethod::ClientSecretJwt => Some(Accepted::macs(registered)),
        ClientAuthMethod::None | ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost => None,
    }
}

/// The claimed client: `client_id`, which must equal `sub` where both are present (RFC 7521 §4.2).
pub(super) fn client_id(form: &Params, assertion: &str) -> Result<String, OAuthError> {
    if form.find("client_assertion_type") != Some(TYPE) {
        return Err(ErrorCode::InvalidRequest
            .because(format!("client_assertion_type must be {TYPE}"))
            .clause("RFC 7523 §2.2"));
    }
    let claims = jose::parse(assertion).and_then(|parts| parts.unverified_claims());
    let sub = claims.ok().and_then(|claims| claims.required_text("sub").ok().map(str::to_owned));
    let sub = sub.ok_or_else(|| failed("client_assertion is not a JWT with a sub"))?;
    match form.find("client_id") {
        Some(id) if id != sub => Err(failed("client_id differs from the sub of client_assertion")),
        _ => Ok(sub),
    }
}

/// The earliest accepted `iat` in seconds: used assertions are only known since the last recovery.
fn made(claims: &Claims, until: Time) -> i64 {
    claims.required_time("iat").map_or_else(|_| (until - LONGEST).seconds(), Time::seconds)
}

impl ClientAuthentication {
    pub(super) async fn assertion(&self, client_id: &str, assertion: &str) -> Result<AuthenticatedClient, OAuthError> {
        let refuse =
            |cause: &dyn std::fmt::Display| failed("client authentication failed").cause(cause).client(client_id);
        let client = self.clients.find_enabled(client_id).await?;
        let Some((client, accepted)) = client.and_then(|client| accepted(&client).map(|accepted| (client, accepted)))
        else {
            return Err(refuse(&"unknown client, or not registered for assertions"));
        };
        let typ = Typ::PlainOr("client-authentication+jwt");
        let claims = match self.verify_of_client(&client, assertion, &accepted, typ).await {
            Ok(claims) => claims,
            Err(ClientJwtError::Unavailable(unavailable)) => return Err(unavailable.into()),
            Err(ClientJwtError::Refused(cause)) => return Err(refuse(&cause)),
        };
        let until = self.judge(client_id, &claims).map_err(|cause| refuse(&cause))?;
        let begins_anew = self.freshness.counter(Topic::Recoveries).await?;
        if made(&claims, until) < begins_anew {
            let why = "client_assertion may predate a recovery of this provider: send a new one with iat";
            return Err(failed(why).client(client_id));
        }
        self.spend(client_id, &claims, until)
            .await?
            .then_some(())
            .ok_or_else(|| refuse(&"the jti was already used"))?;
        Ok(AuthenticatedClient { client })
    }

    /// Returns until when the `jti` must be remembered.
    fn judge(&self, client_id: &str, claims: &Claims) -> Result<Time, String> {
        let token_endpoint = self.config.issuer.endpoint(Location::Token);
        // RFC 7523bis wants the issuer; clients in the field send the token endpoint too.
        let audiences = [self.config.issuer.as_str(), token_endpoint.as_str()];
        ClaimRules::at(self.clock.now())
            .issuer(client_id)
            .subject(client_id)
            .audience(&audiences)
            .require(&["jti"])
            .expires_within(LONGEST)
            .check(claims)
            .map_err(|error| error.to_string())?;
        let expires = claims.required_time("exp").map_err(|error| error.to_string())?;
        Ok(expires + jose::TOLERANCE)
    }

    async fn spend(&self, client_id: &str, claims: &Claims, until: Time) -> Result<bool, OAuthError> {
        let jti = claims.required_text("jti").ok().filter(|jti| jti.len() <= LONGEST_JTI);
        let jti = jti.ok_or_else(|| failed("jti must be a string of at most 256 bytes").client(client_id))?;
        let hash = self.pepper.hash("assertion", format!("{client_id}\u{1}{jti}").as_bytes());
        Ok(self.db.write(move |tx| store::spend(tx, &hash, until)).await?)
    }
}
