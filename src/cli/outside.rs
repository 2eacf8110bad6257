//! HTTP from outside: no store, no configuration, and only the roots that the machine trusts.

use crate::platform::clock::Time;
use reqwest::header::{self, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Timeout of one request.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
const LARGEST: usize = 1024 * 1024;

/// A client that follows no redirect and keeps no cookie.
pub(super) struct Outside(reqwest::Client);

/// A response.
#[derive(Debug)]
pub(super) struct Seen {
    /// The status code.
    pub(super) status: u16,
    /// The header fields.
    pub(super) headers: HeaderMap,
    /// At most 1 MiB.
    pub(super) body: Vec<u8>,
}

impl Outside {
    /// Trusts the machine's roots and the certificates of `extra_ca_file`.
    #[allow(
        clippy::disallowed_methods,
        reason = "the operator's own address, which may be private, on the operator's word"
    )]
    pub(super) fn new(extra_ca_file: Option<&Path>) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trust(extra_ca_file)?)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .user_agent("latchkey")
            .build();
        client.map(Self).map_err(|error| root_cause(&error))
    }

    /// Starts a request.
    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.0.request(method, url)
    }

    /// `GET`.
    pub(super) async fn get(&self, url: &str) -> Result<Seen, String> {
        send(self.request(Method::GET, url)).await
    }
}

/// Sends a request; the cause in words when there is no answer.
pub(super) async fn send(request: RequestBuilder) -> Result<Seen, String> {
    let mut response = request.send().await.map_err(|error| root_cause(&error))?;
    let (status, headers, mut body) = (response.status().as_u16(), response.headers().clone(), Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| root_cause(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err("the answer is too long".to_owned());
        }
    }
    Ok(Seen { status, headers, body })
}

impl Seen {
    /// A header field; empty when it is absent or no text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The `Date` of the answer (RFC 9110 §6.6.1).
    pub(super) fn date(&self) -> Option<Time> {
        parse_date(self.header(header::DATE.as_str()))
    }
}

/// A TLS client by these roots.
pub(super) fn trust(extra_ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = extra_ca_file.and_then(|file| std::fs::read(file).ok()) {
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn root_cause(error: &reqwest::Error) -> String {
    let cause = std::iter::successors(std::error::Error::source(error), |cause| cause.source()).last();
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

/// RFC 9110 §5.6.7, the form that is sent.
fn parse_date(text: &str) -> Option<Time> {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::PrimitiveDateTime::parse(text, format).ok()?;
    Some(Time::from_seconds(date.assume_utc().unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_is_read() {
        assert_eq!(parse_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Time::from_seconds(784_111_777)));
        assert_eq!(parse_date("yesterday"), None);
    }
}
