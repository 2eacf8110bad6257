//! The openidconnect crate's way to the network, which keeps what was sent and answered, so that it can be shown.

use super::Failure;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use serde_json::Value;
use std::{future::Future, pin::Pin, sync::Mutex, time::Duration};

/// No answer of a provider is larger.
const MAX_ANSWER: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("no connection or response")]
    Http(#[from] reqwest::Error),
    #[error("a malformed response")]
    Form(#[from] http::Error),
    #[error("a response of more than {MAX_ANSWER} bytes")]
    TooLarge,
}

/// The client of the demo. It follows no redirects: a provider's endpoints have none.
#[allow(
    clippy::disallowed_methods,
    reason = "the demo is a relying party: it speaks to its own provider, on loopback, which egress would refuse"
)]
pub(super) fn client() -> Result<reqwest::Client, Failure> {
    // The first caller decides, and all name the same one; without any, building a client would panic.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(Duration::from_secs(10)).build().map_err(|error| Failure::provider("no_http_client", error))
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// Method and URL without its query.
    pub(super) request: String,
    /// The form that was sent, if it was one.
    pub(super) form: Vec<(String, String)>,
    /// The JSON that came back.
    pub(super) answer: Option<Value>,
}

/// The client for one errand.
pub(super) struct Wire<'a> {
    client: &'a reqwest::Client,
    last: Mutex<Option<Exchange>>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(client: &'a reqwest::Client) -> Self {
        Self { client, last: Mutex::new(None) }
    }

    /// The last request of this errand.
    pub(super) fn last(&self) -> Option<Exchange> {
        self.last.lock().ok()?.clone()
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let mut exchange = Exchange::of(&request);
        let answer = self.client.execute(request.try_into()?).await?;
        let mut builder = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            builder = builder.header(name, value);
        }
        let body = bounded(answer).await?;
        exchange.answer = serde_json::from_slice(&body).ok();
        if let Ok(mut last) = self.last.lock() {
            *last = Some(exchange);
        }
        Ok(builder.body(body)?)
    }
}

async fn bounded(mut answer: reqwest::Response) -> Result<Vec<u8>, WireError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(WireError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Exchange {
    fn of(request: &HttpRequest) -> Self {
        let url = request.uri().to_string();
        let endpoint = url.split('?').next().unwrap_or_default();
        let is_form = request.headers().get("content-type").is_some_and(|it| it == "application/x-www-form-urlencoded");
        let form = if is_form { url::form_urlencoded::parse(request.body()).into_owned().collect() } else { vec![] };
        Self { request: format!("{} {endpoint}", request.method()), form, answer: None }
    }
}

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
