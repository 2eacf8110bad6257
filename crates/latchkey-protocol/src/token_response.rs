//! The token endpoint's success answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use super::scope::Scope;
use serde::Serialize;

/// What a grant gave.
#[derive(Clone, Debug, Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    /// `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// Lifetime of the access token, in seconds.
    pub expires_in: u64,
    /// A refresh token, where the client gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// An ID token, where `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted, also where that is nothing: a client that asked for more must be able to tell (§5.1).
    pub scope: Scope,
}
