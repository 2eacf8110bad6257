//! Authorization codes: kept in the short-lived store, spent in SQL.

mod at_once;
pub mod store;

use super::family::Authorized;
use crate::platform::clock::Time;
use crate::protocol::pkce::CodeChallenge;
use serde::{Deserialize, Serialize};

/// Everything that a code is bound to (RFC 6749 §4.1.3, RFC 9700 §2.1.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// The client that it was issued to.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the request named that URI; if so the token request must too.
    pub redirect_uri_named: bool,
    /// Who must present the verifier.
    pub code_challenge: Option<CodeChallenge>,
    pub person_id: String,
    pub session_id: String,
    pub authorized: Authorized,
    /// Copied into the ID token.
    pub nonce: Option<String>,
    /// When the person allowed it. Codes of an earlier release don't say.
    #[serde(default)]
    pub issued_at: Time,
    /// The end of its life.
    pub expires_at: Time,
}
