//! `id_token_hint` (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): an ID token of ours, expired or not.

use crate::model::key::KeyRing;
use crate::op::Op;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::error::Unavailable;
use crate::platform::jose::{self, Claims, Rules, Typ};
use crate::protocol::error::{ErrorCode, OAuthError};
use std::sync::Arc;

/// What a hint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The subject of the ID token.
    pub sub: String,
    pub client_id: String,
    /// The session that it was made in.
    pub sid: Option<String>,
}

#[derive(Clone)]
pub struct Hints {
    config: Arc<Config>,
    keys: KeyRing,
    clock: Arc<dyn Clock>,
}

impl Hints {
    /// With the signing keys.
    pub fn new(op: &Op) -> Self {
        Self { config: Arc::clone(&op.config), keys: op.keys.clone(), clock: Arc::clone(&op.clock) }
    }

    /// Reads a hint that must have been issued to this client; `None` where it cannot be verified.
    ///
    /// # Errors
    /// `invalid_request` for one that was issued to another client.
    pub async fn hinted(&self, hint: &str, client_id: &str) -> Result<Option<Hint>, OAuthError> {
        let read = self.read_hint(hint).await?;
        if read.as_ref().is_some_and(|read| read.client_id != client_id) {
            return Err(refuse("id_token_hint was issued to another client"));
        }
        Ok(read)
    }

    /// Reads a hint: an ID token that we signed. It may have expired, and the key that signed it may have retired,
    /// as long as a session of that time can still be alive (RP-Initiated Logout §2). `None` where it is not known to be
    /// ours: then it is ignored, and the person decides.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn read_hint(&self, hint: &str) -> Result<Option<Hint>, Unavailable> {
        let keys = self.keys.load().await?;
        let rules = Rules { algorithms: &keys.algorithms, typ: Typ::Plain, keys: &keys.verification };
        let verified = jose::verify(hint, &rules).or_else(|error| {
            let now = self.clock.now();
            let retired = keys.retired.iter().filter(|key| key.at + self.config.session.absolute > now);
            let mut tried = retired.filter_map(|key| jose::verify(hint, &key.rules(Typ::Plain)).ok());
            tried.next().ok_or(error)
        });
        let read = verified.map_err(|error| error.to_string()).and_then(|verified| self.hint_of(&verified.claims));
        if let Err(cause) = &read {
            tracing::info!(%cause, "cannot verify id_token_hint as an ID token of this provider");
        }
        Ok(read.ok())
    }

    fn hint_of(&self, claims: &Claims) -> Result<Hint, String> {
        let text = |claim| claims.required_text(claim).map(str::to_owned).map_err(|error| error.to_string());
        if text("iss")? != self.config.issuer.as_str() {
            return Err("it has another issuer".to_owned());
        }
        // Access tokens carry another `typ`; nothing else of ours is signed with `nonce`-less `JWT` yet.
        claims.required_time("auth_time").map_err(|error| error.to_string())?;
        Ok(Hint { sub: text("sub")?, client_id: text("aud")?, sid: text("sid").ok() })
    }
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §3.1.2.1")
}
