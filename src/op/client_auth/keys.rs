//! A client's keys: by value, or fetched from its `jwks_uri`, cached, and fetched again for an unknown `kid` or
//! when none of them fits.

use super::ClientAuthentication;
use crate::model::client::Client;
use crate::platform::clock::Time;
use crate::platform::egress::Egress;
use crate::platform::jose::jwe::{KeyManagement, RecipientKey};
use crate::platform::jose::{ClientKeySet, VerificationKeys};
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a fetched set is used.
const KEPT: Duration = Duration::from_secs(10 * 60);
/// While the client's server does not answer, the cached keys are used this long: withdrawing a key must not depend
/// on luck (F-27).
const KEPT_AT_MOST: Duration = Duration::from_secs(60 * 60);
/// After an unknown `kid` or a failed fetch we fetch at most this often: strangers must not make us fetch.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Fetched key sets, or the errors, by URL. Concurrent requests for the same set cause one fetch.
#[derive(Clone)]
pub struct ClientKeys {
    held: Cache<String, (Time, Arc<ClientKeySet>)>,
    failed: Cache<String, (Time, String)>,
    turns: Cache<String, Arc<Mutex<()>>>,
}

impl Default for ClientKeys {
    fn default() -> Self {
        let (held, failed, turns) = (Cache::new(1_000), Cache::new(1_000), Cache::new(1_000));
        Self { held, failed, turns }
    }
}

/// The keys of a client.
pub(super) enum Found<'a> {
    Registered(&'a ClientKeySet),
    Fetched(Arc<ClientKeySet>),
}

impl Found<'_> {
    /// The client's signing keys.
    pub(super) fn as_ref(&self) -> &VerificationKeys {
        &self.set().verification
    }

    fn set(&self) -> &ClientKeySet {
        match self {
            Self::Registered(keys) => keys,
            Self::Fetched(keys) => keys,
        }
    }
}

/// The limits of a fetch.
pub(super) struct Fetching<'a> {
    egress: &'a Egress,
    now: Time,
}

impl ClientAuthentication {
    pub(super) fn fetching(&self) -> Fetching<'_> {
        Fetching { egress: &self.egress, now: self.clock.now() }
    }

    /// The client's public key for an algorithm: the first fitting one of its set, which is
    /// fetched again when none does. Symmetric algorithms take [`RecipientKey::from_client_secret`] instead.
    ///
    /// # Errors
    /// A message for the log: the client has no such key, or its keys cannot be fetched.
    pub async fn client_encryption_key(
        &self,
        client: &Client,
        algorithm: KeyManagement,
    ) -> Result<RecipientKey, String> {
        for again in [false, true] {
            let found = self.client_keys.find(&self.fetching(), client, again).await?;
            match found.set().encryption.find(algorithm) {
                Some(key) => return Ok(key),
                None if client.metadata.jwks_uri.is_some() => {}
                None => break,
            }
        }
        Err(format!("the client has no key for {algorithm}"))
    }
}

impl ClientKeys {
    /// The client's keys; `again` requests a fresh copy, unless the cached one is very recent.
    pub(super) async fn find<'a>(
        &self,
        by: &Fetching<'_>,
        client: &'a Client,
        again: bool,
    ) -> Result<Found<'a>, String> {
        if let Some(keys) = &client.keys {
            return Ok(Found::Registered(keys));
        }
        let url = client.metadata.jwks_uri.as_deref().ok_or("the client registered no usable keys")?;
        let age_limit = if again { AGAIN_AFTER } else { KEPT };
        if let Some(keys) = self.younger_than(age_limit, by.now, url) {
            return Ok(Found::Fetched(keys));
        }
        let turn = self.turns.get_with(url.to_owned(), Arc::default);
        let _mine = turn.lock().await;
        // A previous request may have fetched it.
        if let Some(keys) = self.younger_than(age_limit, by.now, url) {
            return Ok(Found::Fetched(keys));
        }
        match self.fetch(by, url).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.held.insert(url.to_owned(), (by.now, Arc::clone(&keys)));
                Ok(Found::Fetched(keys))
            }
            // A client whose server is down for a while keeps working with the cached keys.
            Err(cause) => self.younger_than(KEPT_AT_MOST, by.now, url).map(Found::Fetched).ok_or(cause),
        }
    }

    fn younger_than(&self, age: Duration, now: Time, url: &str) -> Option<Arc<ClientKeySet>> {
        let (at, keys) = self.held.get(url)?;
        (now.since(at) < age).then_some(keys)
    }

    async fn fetch(&self, by: &Fetching<'_>, url: &str) -> Result<ClientKeySet, String> {
        if let Some((at, cause)) = self.failed.get(url)
            && by.now.since(at) < AGAIN_AFTER
        {
            return Err(cause);
        }
        let fetched = fetch(by.egress, url).await;
        if let Err(cause) = &fetched {
            self.failed.insert(url.to_owned(), (by.now, cause.clone()));
        }
        fetched
    }
}

async fn fetch(egress: &Egress, url: &str) -> Result<ClientKeySet, String> {
    let url = url::Url::parse(url).map_err(|error| error.to_string())?;
    let fetched = egress.get(&url, "application/json").await.map_err(|error| error.to_string())?;
    if fetched.status != 200 {
        return Err(format!("jwks_uri answered with status {}", fetched.status));
    }
    ClientKeySet::parse(&fetched.body).map_err(|error| error.to_string())
}
