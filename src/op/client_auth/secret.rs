//! Client secrets, by header or body.

use super::{AuthenticatedClient, ClientAuthentication, failed};
use crate::model::client::{Client, SECRET_KIND};
use crate::platform::crypto::TokenHash;
use crate::platform::secret::Secret;
use crate::protocol::client_metadata::ClientAuthMethod;
use crate::protocol::error::OAuthError;
use subtle::ConstantTimeEq as _;

impl ClientAuthentication {
    pub(super) async fn secret(
        &self,
        client_id: &str,
        secret: &Secret<String>,
        used: ClientAuthMethod,
    ) -> Result<AuthenticatedClient, OAuthError> {
        let client = self.clients.find_enabled(client_id).await?;
        // Hashed for an unknown client too: both cases cost the same.
        let hash = self.pepper.hash(SECRET_KIND, secret.expose().as_bytes());
        let Some(client) = client.filter(|client| self.holds(client, &hash)) else {
            return Err(failed("client authentication failed")
                .sent(used.as_str(), "the registered secret")
                .client(client_id));
        };
        match client.metadata.authenticates_by(used) {
            true => Ok(AuthenticatedClient { client }),
            // Named only after the secret was right: strangers learn nothing.
            false => {
                let registered = client
                    .metadata
                    .token_endpoint_auth_method
                    .clone()
                    .unwrap_or_else(|| "client_secret_basic".to_owned());
                Err(failed(&format!("this client is registered for {registered}, but used {}", used.as_str()))
                    .sent(used.as_str(), registered)
                    .client(client_id))
            }
        }
    }

    fn holds(&self, client: &Client, hash: &TokenHash) -> bool {
        let now = self.clock.now();
        client.live_secrets(now).fold(false, |found, secret| {
            found | bool::from(secret.hash.as_str().as_bytes().ct_eq(hash.as_str().as_bytes()))
        })
    }
}
