//! Request objects by reference (RFC 9101 §5.2, OpenID Connect Core §6.2): only from registered URLs, through the
//! guard of outgoing fetches.

use crate::model::client::Client;
use crate::op::authorize::AuthorizationEndpoint;
use crate::protocol::error::{ErrorCode, OAuthError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Of a `request_uri`, in bytes.
const LONGEST_URI: usize = 512;
/// Of an object, in bytes: no longer JWE is read, and no longer JWS than half of it.
const LONGEST_OBJECT: usize = 32 * 1024;
/// The maximum number of cached objects.
const CAPACITY: u64 = 200;
const ACCEPT: &str = "application/oauth-authz-req+jwt, application/jwt;q=0.9, */*;q=0.1";

/// Objects by their whole URI with fragment: cached only where the fragment is the hash of the content, so that
/// another content has another URI.
#[derive(Clone)]
pub struct RequestObjects(moka::sync::Cache<String, Arc<str>>);

impl Default for RequestObjects {
    fn default() -> Self {
        Self(moka::sync::Cache::new(CAPACITY))
    }
}

impl AuthorizationEndpoint {
    /// The object at `uri`.
    ///
    /// # Errors
    /// `invalid_request_uri`. The cause is only logged: otherwise others could probe our network through us.
    pub(super) async fn fetch_request_object(&self, client: &Client, uri: &str) -> Result<Arc<str>, OAuthError> {
        if uri.len() > LONGEST_URI {
            return Err(refuse("request_uri is longer than 512 bytes"));
        }
        if !is_registered(client, uri) {
            let registered = client.metadata.request_uris.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            return Err(refuse("request_uri is not registered for this client").sent(uri, registered));
        }
        if let Some(held) = self.request_objects.0.get(uri) {
            return Ok(held);
        }
        let unfit = |cause: &dyn std::fmt::Display| refuse("the request object could not be fetched").cause(cause);
        let fetched = self.egress.get(place(uri), ACCEPT).await.map_err(|error| unfit(&error))?;
        if fetched.status != 200 {
            return Err(unfit(&format!("request_uri answered with status {}", fetched.status)));
        }
        if fetched.body.len() > LONGEST_OBJECT {
            return Err(unfit(&"the request object is longer than 32 KiB"));
        }
        let object = std::str::from_utf8(&fetched.body).map_err(|_| unfit(&"the content is not text"))?;
        // A file may end with a line break, a token may not.
        let object: Arc<str> = object.trim_ascii().into();
        // A fragment may be any version mark (§6.2); only a hash guarantees that the content cannot change.
        if announced_hash(uri) == Some(Sha256::digest(&fetched.body).into()) {
            self.request_objects.0.insert(uri.to_owned(), Arc::clone(&object));
        }
        Ok(object)
    }
}

/// Compares byte for byte, except for the fragment, which describes the content (OpenID Connect Registration §2).
fn is_registered(client: &Client, uri: &str) -> bool {
    client.metadata.request_uris.iter().flatten().any(|registered| place(registered) == place(uri))
}

fn place(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(place, _)| place)
}

/// The SHA-256 hash in a fragment (OpenID Connect Core §6.2); other fragments have no meaning.
fn announced_hash(uri: &str) -> Option<[u8; 32]> {
    let (_, fragment) = uri.split_once('#')?;
    URL_SAFE_NO_PAD.decode(fragment.trim_end_matches('=')).ok()?.try_into().ok()
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequestUri.because(why).clause("OpenID Connect Core §6.2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_6_2_a_fragment_is_a_hash_or_nothing() {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(b"x"));
        assert_eq!(announced_hash(&format!("https://rp.example/r#{hash}")), Some(Sha256::digest(b"x").into()));
        assert_eq!(announced_hash(&format!("https://rp.example/r#{hash}=")), Some(Sha256::digest(b"x").into()));
        for uri in ["https://rp.example/r", "https://rp.example/r#", "https://rp.example/r#section", "#!"] {
            assert_eq!(announced_hash(uri), None, "{uri}");
        }
        assert_eq!(place("https://rp.example/r?x=1#abc#d"), "https://rp.example/r?x=1");
    }
}
