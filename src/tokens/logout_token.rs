//! Logout tokens (Back-Channel Logout §2.4).

use super::id_token::id_token_algorithm;
use super::mint::{IssueError, Mint};
use crate::model::client::Client;
use crate::model::session;
use serde::Serialize;
use std::time::Duration;

/// Each attempt gets a token of its own, so that it need not live long (Back-Channel Logout §2.4: two minutes).
const LIFETIME: Duration = Duration::from_secs(120);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[derive(Serialize)]
struct LogoutTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    sid: &'a str,
    events: serde_json::Value,
}

impl Mint {
    /// Makes a logout token for a client: `sub` is the person as it knows them, `jti` stays the same over attempts, so
    /// that one taken twice is recognised.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn logout_token(
        &self,
        client: &Client,
        sub: &str,
        session_id: &str,
        jti: &str,
    ) -> Result<String, IssueError> {
        let now = self.clock.now();
        let claims = LogoutTokenClaims {
            iss: &self.issuer,
            sub,
            aud: &client.id,
            iat: now.seconds(),
            exp: (now + LIFETIME).seconds(),
            jti,
            sid: &session::sid(&self.pepper, session_id, &client.id),
            events: serde_json::json!({ EVENT: {} }),
        };
        // Signed, and where registered encrypted, as the client's ID tokens are (Back-Channel Logout §2.4).
        self.sign(id_token_algorithm(client), "logout+jwt", &claims).await
    }
}
