//! The lifetimes of a token family.

use crate::model::client::Client;
use crate::model::session::BrowserSession;
use crate::op::Op;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::id;
use crate::platform::random::{self, Random};
use crate::protocol::confirmation::Binding;
use crate::tokens::family::{Authorized, NewFamily};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use std::time::Duration;

/// Who authorized what, where.
pub struct Beginning<'a> {
    pub client: &'a Client,
    pub person_id: &'a str,
    pub session_id: &'a str,
    pub authorized: Authorized,
    /// Whether a refresh token is issued.
    pub refreshes: bool,
    /// What its tokens are bound to.
    pub binding: Option<Binding>,
}

impl<'a> Beginning<'a> {
    /// Of a session in use.
    pub fn in_session(client: &'a Client, session: &'a BrowserSession, authorized: Authorized) -> Self {
        Self {
            client,
            person_id: &session.person_id,
            session_id: &session.id,
            authorized,
            refreshes: false,
            binding: None,
        }
    }
}

/// Creates families with the configured lifetimes.
#[derive(Clone)]
pub struct Families {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Families {
    pub fn new(op: &Op) -> Self {
        Self { config: Arc::clone(&op.config), clock: Arc::clone(&op.clock), random: Arc::clone(&op.random) }
    }

    /// A new family, stored by the caller.
    pub fn family(&self, beginning: Beginning<'_>) -> NewFamily {
        let (now, tokens) = (self.clock.now(), &self.config.tokens);
        // Without refresh tokens a family represents its access tokens, and the client's part in the session.
        let life = if beginning.refreshes {
            tokens.refresh_absolute
        } else {
            self.longest_access().max(self.config.session.absolute)
        };
        let expires_at = now + life;
        NewFamily {
            id: id::new(now, self.random.as_ref()),
            client_id: beginning.client.id.clone(),
            person_id: beginning.person_id.to_owned(),
            session_id: beginning.session_id.to_owned(),
            offline: beginning.authorized.scope.contains("offline_access"),
            authorized: beginning.authorized,
            secret: URL_SAFE_NO_PAD.encode(random::bytes::<32>(self.random.as_ref())),
            generation: i64::from(beginning.refreshes),
            starts_at: now,
            idle_until: (now + tokens.refresh_idle).min(expires_at),
            expires_at,
            binding: beginning.binding,
        }
    }

    fn longest_access(&self) -> Duration {
        let lifetimes = self.config.resources.values().filter_map(|resource| resource.access_token_lifetime);
        lifetimes.fold(self.config.tokens.access, Duration::max)
    }
}
