//! The one guard for outgoing fetches: keys, sector identifiers, request objects, logout, upstream providers.
//!
//! A URL may come from a stranger, so it is judged before any connection is made: the name is resolved, private and
//! special addresses are dropped, and the connection goes to exactly the addresses that were judged. No redirects, no
//! proxy from the environment, five seconds and 64 KiB in all (a logo may be larger). A guard that acts after the TCP connect lets ports be
//! scanned; one that resolves twice lets the second answer differ.

mod address;
#[cfg(feature = "otel")]
pub mod collector;
mod guard;
mod tls;

pub use address::is_public;
pub use guard::{Guard, Resolve, SystemResolver};
pub use tls::TrustError;

use ipnet::IpNet;
use reqwest::{Method, RequestBuilder, Response, header};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST_BODY: usize = 64 * 1024;
/// Fetches at the same time; others wait within their five seconds.
const MOST_FETCHES: usize = 64;

/// Why nothing was fetched. For the log: to a client say only that its document could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// Not an https URL with a host and without credentials.
    #[error("the URL is not an https URL with a host and without credentials")]
    Url,
    /// A port that is not allowed.
    #[error("port {0} is not allowed")]
    Port(u16),
    /// The name can't be resolved.
    #[error("the host name cannot be resolved")]
    Unresolved,
    /// Every address of the name is private or special, and not among the allowed ones.
    #[error("the host name has no public address")]
    Forbidden,
    /// No connection, no trust in its certificate, or no HTTP.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// It took longer than five seconds.
    #[error("it took too long")]
    Timeout,
    /// The answer is a redirect, which is never followed.
    #[error("the response is a redirect ({0})")]
    Redirect(u16),
    /// The body is longer than 64 KiB, or than the caller takes.
    #[error("the body is too long")]
    TooLarge,
}

/// The response. The caller checks status and content type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status, never a redirect.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// At most 64 KiB, or what the caller takes.
    pub body: Vec<u8>,
    /// How long it may be kept: `max-age`, zero for `no-store` and `no-cache`, `None` when nothing was said.
    pub max_age: Option<Duration>,
}

/// Fetches from others. Share it behind an `Arc`.
pub struct Egress {
    guard: Guard,
    trust: tls::Trust,
    permits: Semaphore,
    timeout: Duration,
}

impl Egress {
    /// `allow_addresses` may be fetched from by http and on any port; `extra_ca_file` (PEM) is trusted besides the
    /// system's roots.
    pub fn new(allow_addresses: Vec<IpNet>, extra_ca_file: Option<&Path>) -> Result<Self, TrustError> {
        Self::with_resolver(allow_addresses, extra_ca_file, Arc::new(SystemResolver))
    }

    /// The same with names resolved by another.
    pub fn with_resolver(
        allow_addresses: Vec<IpNet>,
        extra_ca_file: Option<&Path>,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, TrustError> {
        let trust = tls::Trust::new(extra_ca_file)?;
        let guard = Guard::new(allow_addresses, resolver);
        Ok(Self { guard, trust, permits: Semaphore::new(MOST_FETCHES), timeout: TIMEOUT })
    }

    /// GET, with what the caller accepts. `url` is text or a [`Url`]; what can't be parsed is [`EgressError::Url`].
    pub async fn get(&self, url: impl AsRef<str>, accept: &str) -> Result<Fetched, EgressError> {
        self.fetch(Method::GET, url, |request| request.header(header::ACCEPT, accept)).await
    }

    /// GET of at most `longest` bytes.
    pub async fn fetch_file(&self, url: impl AsRef<str>, accept: &str, longest: usize) -> Result<Fetched, EgressError> {
        self.fetch_up_to(Method::GET, url, |request| request.header(header::ACCEPT, accept), longest).await
    }

    /// POST of a body.
    pub async fn post(&self, url: impl AsRef<str>, content_type: &str, body: Vec<u8>) -> Result<Fetched, EgressError> {
        self.fetch(Method::POST, url, |request| request.header(header::CONTENT_TYPE, content_type).body(body)).await
    }

    /// Whether a fetch from `url` would be let through, so far as its name resolves now. Nothing is connected to.
    pub async fn admits(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let admitted = async {
            let _permit = self.permits.acquire().await.map_err(|_| EgressError::Timeout)?;
            self.guard.admit(&url).await
        };
        matches!(tokio::time::timeout(self.timeout, admitted).await, Ok(Ok(_)))
    }

    /// Any request; `prepare` sets headers and body.
    pub async fn fetch<F>(&self, method: Method, url: impl AsRef<str>, prepare: F) -> Result<Fetched, EgressError>
    where
        F: FnOnce(RequestBuilder) -> RequestBuilder,
    {
        self.fetch_up_to(method, url, prepare, LARGEST_BODY).await
    }

    async fn fetch_up_to<F>(
        &self,
        method: Method,
        url: impl AsRef<str>,
        prepare: F,
        longest: usize,
    ) -> Result<Fetched, EgressError>
    where
        F: FnOnce(RequestBuilder) -> RequestBuilder,
    {
        let url = Url::parse(url.as_ref()).map_err(|_| EgressError::Url)?;
        let fetch = async {
            let _permit = self.permits.acquire().await.map_err(|_| EgressError::Timeout)?;
            let addresses = self.guard.admit(&url).await?;
            let client = self.trust.client(&url, &addresses)?;
            let request = prepare(client.request(method, url.clone()));
            receive(request.send().await.map_err(failed)?, longest).await
        };
        tokio::time::timeout(self.timeout, fetch).await.unwrap_or(Err(EgressError::Timeout))
    }
}

async fn receive(mut response: Response, longest: usize) -> Result<Fetched, EgressError> {
    let status = response.status();
    if status.is_redirection() {
        return Err(EgressError::Redirect(status.as_u16()));
    }
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE).map(str::to_owned);
    let max_age = text(header::CACHE_CONTROL).and_then(max_age);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len().saturating_add(chunk.len()) > longest {
            return Err(EgressError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched { status: status.as_u16(), content_type, body, max_age })
}

/// The URL is left out: it may hold what a log must not.
fn failed(error: reqwest::Error) -> EgressError {
    let error = error.without_url();
    let cause = std::iter::successors(std::error::Error::source(&error), |cause| cause.source()).last();
    EgressError::Connection(cause.map_or_else(|| error.to_string(), ToString::to_string))
}

/// RFC 9111 §5.2.2, as far as a private cache of ours needs it.
fn max_age(cache_control: &str) -> Option<Duration> {
    let directives = || cache_control.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    if directives().any(|directive| directive == "no-store" || directive == "no-cache") {
        return Some(Duration::ZERO);
    }
    let seconds =
        directives().find_map(|directive| directive.strip_prefix("max-age=").map(|age| age.trim_matches('"').parse()));
    seconds?.ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
