//! Client secrets in plain text, for symmetric algorithms: sealed at rest, opened at first use.

use super::ClientAuthentication;
use crate::model::client::Client;
use crate::model::client::secret::aad;
use crate::platform::error::Unavailable;
use crate::platform::secret::Secret;
use std::sync::Arc;

/// The maximum number of cached secrets.
const CAPACITY: u64 = 1_000;

/// Opened secrets by the id of their row, which never changes.
#[derive(Clone)]
pub struct SharedSecrets(moka::sync::Cache<String, Arc<Secret<Vec<u8>>>>);

impl Default for SharedSecrets {
    fn default() -> Self {
        Self(moka::sync::Cache::new(CAPACITY))
    }
}

impl ClientAuthentication {
    /// The client's valid secrets, as far as they are stored: two while one replaces the other.
    ///
    /// # Errors
    /// When the master keys do not open one.
    pub fn shared_secrets_of(&self, client: &Client) -> Result<Vec<Arc<Secret<Vec<u8>>>>, Unavailable> {
        let mut texts = Vec::new();
        for secret in client.live_secrets(self.clock.now()) {
            let Some(sealed) = &secret.sealed else { continue };
            if let Some(text) = self.shared_secrets.0.get(&secret.id) {
                texts.push(text);
                continue;
            }
            let opened = self.masters.open(&aad(&secret.id, &client.id), sealed).map_err(Unavailable::new)?;
            let text = Arc::new(opened);
            self.shared_secrets.0.insert(secret.id.clone(), Arc::clone(&text));
            texts.push(text);
        }
        Ok(texts)
    }
}
