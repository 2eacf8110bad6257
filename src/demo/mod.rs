//! The demo relying party of `latchkey dev`, on public endpoints only.
//!
//! It knows of the provider what any relying party knows: its issuer, and a client's id and secret. It is built on the
//! openidconnect crate, and shows each message of the flow. What it remembers is bounded and lives in this process.

mod endpoint;
mod failure;
pub mod mailbox;
pub mod preview;
mod provider;
mod relying_party;
mod show;
#[cfg(test)]
mod tests;
pub mod view;
mod visit;
mod wire;

pub use self::endpoint::configure;
pub use self::failure::Failure;

use self::{provider::Provider, visit::Visits};
use crate::platform::random::Random;
use std::sync::Arc;

/// What a relying party is told when it is registered.
#[derive(Debug, Clone)]
pub struct DemoConfig {
    /// The provider's issuer identifier, from which all else is discovered.
    pub issuer: String,
    pub client_id: String,
    /// The client's secret, for `client_secret_basic`.
    pub client_secret: String,
    /// Where the demo is reached, such as `http://localhost:8080/demo`. The client registers `…/callback` as redirect
    /// URI and `…/signed-out` as post-logout redirect URI.
    pub base_url: String,
}

/// The relying party: its registration, what it discovered, and who is signed in to it.
pub struct Demo {
    config: DemoConfig,
    http: reqwest::Client,
    random: Arc<dyn Random>,
    provider: tokio::sync::Mutex<Option<Arc<Provider>>>,
    visits: Visits,
}

impl Demo {
    /// Prepares the demo. Nothing is fetched before it is first used.
    ///
    /// Fails when no HTTP client can be made.
    pub fn new(config: DemoConfig, random: Arc<dyn Random>) -> Result<Self, Failure> {
        let config = DemoConfig { base_url: config.base_url.trim_end_matches('/').to_owned(), ..config };
        let visits = Visits::new(Arc::clone(&random));
        Ok(Self { http: wire::client()?, config, random, provider: tokio::sync::Mutex::default(), visits })
    }

    fn url(&self, page: &str) -> String {
        format!("{}{page}", self.config.base_url)
    }
}
