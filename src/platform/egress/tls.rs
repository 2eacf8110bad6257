//! Whom we trust over TLS, and the HTTP client that goes to pinned addresses.

use super::EgressError;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use url::Url;

/// The extra CA file can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the CA file {file} can't be used: {cause}")]
pub struct TrustError {
    file: String,
    cause: String,
}

/// The extra certificates, and the configuration that is made of them and the system's roots at the first fetch: a
/// start needs none of it.
pub(super) struct Trust {
    extra: Vec<CertificateDer<'static>>,
    config: OnceLock<Result<ClientConfig, String>>,
}

impl Trust {
    pub(super) fn new(extra_ca_file: Option<&Path>) -> Result<Self, TrustError> {
        let extra = extra_ca_file.map(read_certificates).transpose()?.unwrap_or_default();
        Ok(Self { extra, config: OnceLock::new() })
    }

    /// A client for one fetch: it can reach nothing but `addresses`.
    #[allow(clippy::disallowed_methods, reason = "this is the guard that every outgoing fetch passes")]
    pub(super) fn client(&self, url: &Url, addresses: &[SocketAddr]) -> Result<Client, EgressError> {
        let config = self.config.get_or_init(|| self.configure()).as_ref();
        let config = config.map_err(|cause| EgressError::Connection(cause.clone()))?;
        let client = Client::builder()
            .tls_backend_preconfigured(config.clone())
            .dns_resolver(Arc::new(Pinned(addresses.to_vec())))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(0)
            .user_agent("latchkey")
            .https_only(url.scheme() == "https");
        client.build().map_err(super::failed)
    }

    pub(super) fn configure(&self) -> Result<ClientConfig, String> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        let (added, ignored) =
            roots.add_parsable_certificates(native.certs.into_iter().chain(self.extra.iter().cloned()));
        tracing::debug!(added, ignored, problems = native.errors.len(), "read certificate authorities");
        // The provider is named here, so that it does not matter whether the process installed one.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Answers every name with the addresses that were judged. (A literal address asks no resolver: it is the judged one.)
struct Pinned(Vec<SocketAddr>);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let failed =
        |cause: &dyn std::fmt::Display| TrustError { file: file.display().to_string(), cause: cause.to_string() };
    let pem = std::fs::read(file).map_err(|error| failed(&error))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| failed(&error))?;
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        roots.add(certificate.clone()).map_err(|error| failed(&error))?;
    }
    if certificates.is_empty() { Err(failed(&"it contains no certificate")) } else { Ok(certificates) }
}
