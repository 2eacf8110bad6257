//! The provider as its metadata describes it.

use super::{Outside, Seen, send};
use crate::platform::secret::Secret;
use reqwest::Method;
use serde_json::{Map, Value};
use std::path::PathBuf;
use url::{Host, Url};

/// A name that nobody can own (RFC 2606 §2).
pub(super) const STRANGER: &str = "https://latchkey-probe.invalid/landing";
/// A client that no provider knows.
pub(super) const UNKNOWN: &str = "latchkey-probe-unknown";

/// Who is probed.
pub(super) struct Provider {
    pub(super) outside: Outside,
    pub(super) issuer: String,
    pub(super) metadata: Map<String, Value>,
    pub(super) client: Option<Client>,
    pub(super) ca_file: Option<PathBuf>,
}

/// The client that the operator provides.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<Secret<String>>,
    pub(super) redirect_uri: Option<String>,
}

impl Provider {
    /// A member of the metadata that is a text.
    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.metadata.get(member).and_then(Value::as_str)
    }

    /// A member that is an array of texts; empty when it is absent.
    pub(super) fn words(&self, member: &str) -> Vec<&str> {
        let array = self.metadata.get(member).and_then(Value::as_array);
        array.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Every announced endpoint URL.
    pub(super) fn endpoints(&self) -> Vec<(&str, &str)> {
        let place = |name: &str| name.ends_with("_endpoint") || matches!(name, "jwks_uri" | "check_session_iframe");
        let members = self.metadata.iter().filter(|(name, _)| place(name));
        members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
    }

    pub(super) async fn get(&self, url: &str) -> Result<Seen, String> {
        self.outside.get(url).await
    }

    pub(super) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Seen, String> {
        send(self.outside.request(Method::POST, url).form(form)).await
    }
}

/// An endpoint with parameters behind those that it may have already (RFC 6749 §3.1).
pub(super) fn with_query(endpoint: &str, parameters: &[(&str, &str)]) -> String {
    Url::parse(endpoint).map_or_else(
        |_| endpoint.to_owned(),
        |mut url| {
            url.query_pairs_mut().extend_pairs(parameters);
            url.into()
        },
    )
}

/// Whether what is sent there stays secret: TLS, or it never leaves the machine.
pub(super) fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

/// The JSON object of an answer.
pub(super) fn object(seen: &Seen) -> Option<Map<String, Value>> {
    serde_json::from_slice(&seen.body).ok()
}

/// The `error` of a JSON answer; empty when there is none.
pub(super) fn error_code(seen: &Seen) -> String {
    let object = object(seen).unwrap_or_default();
    object.get("error").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Status and error code, as findings tell them.
pub(super) fn told(seen: &Seen) -> String {
    format!("{} {}", seen.status, error_code(seen)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_safe_on_loopback_only() {
        for safe in ["https://id.example", "http://localhost:1", "http://127.0.0.1:1/x", "http://[::1]/"] {
            assert!(is_safe(safe), "{safe}");
        }
        for unsafe_ in ["http://id.example", "http://localhost.example", "ftp://localhost", "x"] {
            assert!(!is_safe(unsafe_), "{unsafe_}");
        }
    }

    #[test]
    fn parameters_go_behind_what_the_endpoint_has() {
        assert_eq!(with_query("https://a.example/x?t=1", &[("a", "b c")]), "https://a.example/x?t=1&a=b+c");
    }
}
