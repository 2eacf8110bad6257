//! `id_token_hint` (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): an ID token of ours, expired or not.

use crate::model::key::KeyRing;
use crate::op::Op;
use crate::platform::config::Config;
use crate::platform::jose::{self, Rules, Typ};
use crate::protocol::error::{ErrorCode, OAuthError};
use std::sync::Arc;

/// What a hint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Whose ID token it is.
    pub sub: String,
    /// The client that it was made for.
    pub client_id: String,
    /// The session that it was made in.
    pub sid: Option<String>,
}

/// Reads hints.
#[derive(Clone)]
pub struct Hints {
    config: Arc<Config>,
    keys: KeyRing,
}

impl Hints {
    /// With the keys that ID tokens are signed with.
    pub fn new(op: &Op) -> Self {
        Self { config: Arc::clone(&op.config), keys: op.keys.clone() }
    }

    /// Reads a hint that must have been made for this client.
    ///
    /// # Errors
    /// `invalid_request`.
    pub async fn hinted(&self, hint: &str, client_id: &str) -> Result<Hint, OAuthError> {
        let read = self.read_hint(hint).await?;
        if read.client_id != client_id {
            return Err(refuse("id_token_hint was made for another client"));
        }
        Ok(read)
    }

    /// Reads a hint: signed by us, of the kind of ID tokens. Its time may be over.
    ///
    /// # Errors
    /// `invalid_request`.
    pub async fn read_hint(&self, hint: &str) -> Result<Hint, OAuthError> {
        let keys = self.keys.load().await?;
        let rules = Rules { algorithms: &keys.algorithms, typ: Typ::Plain, keys: &keys.verification };
        let verified = jose::verify(hint, &rules)
            .map_err(|error| refuse("id_token_hint is not an ID token of this provider").cause(error))?;
        let text = |claim| verified.claims.required_text(claim).map(str::to_owned);
        let odd = |error| refuse("id_token_hint is not an ID token of this provider").cause(error);
        if text("iss").map_err(odd)? != self.config.issuer.as_str() {
            return Err(refuse("id_token_hint is of another issuer"));
        }
        // Access tokens carry another `typ`; nothing else of ours is signed with `nonce`-less `JWT` yet.
        verified.claims.required_time("auth_time").map_err(odd)?;
        Ok(Hint { sub: text("sub").map_err(odd)?, client_id: text("aud").map_err(odd)?, sid: text("sid").ok() })
    }
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §3.1.2.1")
}
