//! ID tokens (OpenID Connect Core §2, §3.1.3.6, §3.3.2.11).

use super::authorization::Delegation;
use super::mint::{IssueError, Mint};
use crate::model::client::Client;
use crate::model::session;
use crate::platform::clock::Time;
use crate::platform::jose::Algorithm;
use crate::protocol::claims::Claims;
use crate::protocol::claims_request::pick;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::Digest as _;

/// The claims of an ID token.
#[derive(Debug, Serialize)]
struct IdTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    amr: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(flatten)]
    person: &'a Claims,
}

/// What an ID token travels with, and binds by a hash.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Companions<'a> {
    pub(super) access_token: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    pub(super) state: Option<&'a str>,
}

impl Mint {
    /// Writes an ID token. `person` are the claims that it carries beside those asked for by name.
    pub(super) async fn id_token(
        &self,
        client: &Client,
        delegation: &Delegation,
        companions: Companions<'_>,
        mut person: Claims,
        now: Time,
    ) -> Result<String, IssueError> {
        let algorithm = id_token_algorithm(client);
        let authorized = &delegation.authorized;
        let sid = delegation.session_id.as_deref().map(|session| session::sid(&self.pepper, session, &client.id));
        person.extend(pick(&delegation.person, &authorized.claims.id_token, &authorized.claims_locales));
        let hash = |value: Option<&str>| value.map(|value| half_hash(algorithm, value));
        let claims = IdTokenClaims {
            iss: &self.issuer,
            sub: &delegation.sub,
            aud: &client.id,
            exp: (now + self.lifetimes.id).seconds(),
            iat: now.seconds(),
            auth_time: authorized.auth_time.seconds(),
            nonce: delegation.nonce.as_deref(),
            acr: authorized.acr.as_deref(),
            amr: &authorized.amr,
            at_hash: hash(companions.access_token),
            c_hash: hash(companions.code),
            s_hash: hash(companions.state),
            sid: sid.as_deref(),
            person: &person,
        };
        self.sign(algorithm, "JWT", &claims).await
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

    #[test]
    fn oidc_core_a_4_the_example_of_c_hash() {
        assert_eq!(
            half_hash(Algorithm::RS256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA"
        );
    }
}
