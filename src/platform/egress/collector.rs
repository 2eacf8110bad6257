//! The collector of traces: an address that the operator named, and mostly next door. So the guard, which keeps what
//! clients name away from private networks, does not stand before it.

use super::tls::Trust;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, redirect};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Collector {
    client: Client,
    url: String,
}

impl Collector {
    /// By the base address of an OTLP/HTTP receiver, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    #[allow(clippy::disallowed_methods, reason = "the operator's own address, on the operator's word")]
    pub fn new(endpoint: &str) -> Result<Self, String> {
        let trust = Trust::new(None).map_err(|error| error.to_string())?;
        let client = Client::builder()
            .tls_backend_preconfigured(trust.configure()?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(PATIENCE)
            .user_agent("latchkey");
        let client = client.build().map_err(|error| error.to_string())?;
        Ok(Self { client, url: format!("{}/v1/traces", endpoint.trim_end_matches('/')) })
    }

    /// Sends spans in the JSON form of OTLP.
    ///
    /// # Errors
    /// No connection, no answer in time, or another answer than 2xx.
    pub async fn post(&self, body: String) -> Result<(), String> {
        let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/json").body(body);
        // Its address may hold a key: it stays out of the log.
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
    }
}
