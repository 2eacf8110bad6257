//! A client's keys: by value, or fetched from its `jwks_uri`, kept a while, and fetched again for an unknown `kid`.

use crate::model::client::Client;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::jose::VerificationKeys;
use std::sync::Arc;
use std::time::Duration;

/// How long a fetched set is used.
const KEPT: Duration = Duration::from_secs(10 * 60);
/// An unknown `kid` fetches again at most this often: strangers must not make us fetch.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Fetched key sets by URL.
#[derive(Clone)]
pub struct ClientKeys(moka::sync::Cache<String, (Time, Arc<VerificationKeys>)>);

impl Default for ClientKeys {
    fn default() -> Self {
        Self(moka::sync::Cache::new(1_000))
    }
}

/// Keys of a client, wherever they are held.
pub(super) enum Found<'a> {
    Registered(&'a VerificationKeys),
    Fetched(Arc<VerificationKeys>),
}

impl AsRef<VerificationKeys> for Found<'_> {
    fn as_ref(&self) -> &VerificationKeys {
        match self {
            Self::Registered(keys) => keys,
            Self::Fetched(keys) => keys,
        }
    }
}

impl Found<'_> {
    pub(super) fn as_ref(&self) -> &VerificationKeys {
        AsRef::<VerificationKeys>::as_ref(self)
    }
}

impl ClientKeys {
    /// The client's keys; `again` asks for a fresh copy, where the one at hand is not too young.
    pub(super) async fn find<'a>(&self, op: &Op, client: &'a Client, again: bool) -> Result<Found<'a>, String> {
        if let Some(keys) = &client.keys {
            return Ok(Found::Registered(keys));
        }
        let url = client.metadata.jwks_uri.as_deref().ok_or("the client registered no usable keys")?;
        let age_limit = if again { AGAIN_AFTER } else { KEPT };
        let held = self.0.get(url);
        if let Some((_, keys)) = held.as_ref().filter(|(at, _)| op.now().since(*at) < age_limit) {
            return Ok(Found::Fetched(Arc::clone(keys)));
        }
        match fetch(op, url).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.0.insert(url.to_owned(), (op.now(), Arc::clone(&keys)));
                Ok(Found::Fetched(keys))
            }
            // A client whose server is down for a while keeps working with the keys that we know.
            Err(cause) => held.map(|(_, keys)| Found::Fetched(keys)).ok_or(cause),
        }
    }
}

async fn fetch(op: &Op, url: &str) -> Result<VerificationKeys, String> {
    let url = url::Url::parse(url).map_err(|error| error.to_string())?;
    let fetched = op.egress.get(&url, "application/json").await.map_err(|error| error.to_string())?;
    if fetched.status != 200 {
        return Err(format!("jwks_uri answered with status {}", fetched.status));
    }
    VerificationKeys::parse(&fetched.body).map_err(|error| error.to_string())
}
