//! Clients: relying parties as they registered.

mod cache;
pub mod secret;
pub mod store;

pub use cache::Clients;

use crate::model::picture::Logo;
use crate::platform::clock::Time;
use crate::platform::crypto::{Sealed, TokenHash};
use crate::platform::jose::ClientKeySet;
use crate::protocol::claims;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::redirect_uri;
use crate::protocol::scope::Scope;

#[derive(Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Whether it may be used at all.
    pub enabled: bool,
    pub version: i64,
    /// Whether an operator registered it, or the client itself did.
    pub origin: Origin,
    pub metadata: ClientMetadata,
    /// What of its logo we serve.
    pub logo: Option<Logo>,
    /// Its secrets, hashed; two can be alive while one replaces the other.
    pub secrets: Vec<ClientSecret>,
    /// Its keys by value, prepared once. `None` when it registered none or they are unusable.
    pub keys: Option<ClientKeySet>,
}

/// Who registered a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An operator, by command.
    Operator,
    /// The client itself (RFC 7591).
    Dynamic,
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Dynamic => "dynamic",
        }
    }

    fn from_stored(word: &str) -> Self {
        if word == "operator" { Self::Operator } else { Self::Dynamic }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    pub id: String,
    /// HMAC under the pepper.
    pub hash: TokenHash,
    /// When it stops counting.
    pub expires_at: Option<Time>,
    /// Its text, where a symmetric algorithm needs it ([`secret::needs_text`]).
    pub sealed: Option<Sealed>,
}

/// The kind that client secrets are hashed as.
pub const SECRET_KIND: &str = "client_secret";

impl Client {
    /// The secrets that count now.
    pub fn live_secrets(&self, now: Time) -> impl Iterator<Item = &ClientSecret> {
        self.secrets.iter().filter(move |secret| secret.expires_at.is_none_or(|end| end > now))
    }

    /// What the client may ask for: what it registered, or the standard scopes. The operator's own must be registered.
    pub fn allowed_scope(&self) -> Scope {
        match &self.metadata.scope {
            Some(registered) => Scope::from(registered.clone()),
            None => {
                ["openid", "offline_access"].into_iter().chain(claims::SCOPES.iter().map(|(name, _)| *name)).collect()
            }
        }
    }

    /// Whether an algorithm that the client registered needs the text of a secret, and none was kept: only a new one
    /// will do.
    pub fn lacks_text(&self, now: Time) -> bool {
        secret::needs_text(&self.metadata) && !self.live_secrets(now).any(|secret| secret.sealed.is_some())
    }

    /// What a page calls the client.
    pub fn name(&self) -> &str {
        self.metadata.client_name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&self.id)
    }

    /// The sector in which its people have names of their own (OpenID Connect Core §8.1); `None` for public subjects.
    pub fn sector(&self) -> Option<String> {
        let metadata = &self.metadata;
        if metadata.subject_type.as_deref() != Some("pairwise") {
            return None;
        }
        let uri = metadata.sector_identifier_uri.as_ref().or(metadata.redirect_uris.first());
        let url = uri.and_then(|uri| url::Url::parse(uri).ok());
        // A client without a host, as a native app with a scheme of its own, is a sector by itself.
        Some(url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| format!("client:{}", self.id)))
    }

    /// The registered URI that a requested one matches (RFC 8252 §7.3 for loopback ports).
    pub fn has_redirect_uri(&self, requested: &str) -> bool {
        self.metadata.redirect_uris.iter().any(|registered| redirect_uri::matches(registered, requested))
    }

    /// Whether the browser may go there after signing out: byte for byte.
    pub fn has_post_logout_redirect_uri(&self, requested: &str) -> bool {
        self.metadata.post_logout_redirect_uris.iter().any(|registered| registered == requested)
    }
}
