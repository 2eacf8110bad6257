//! The issuer identifier.

use super::value::{Raw, Setting};
use crate::platform::paths::Below;
use std::net::IpAddr;
use std::sync::Arc;
use url::{Host, Url};

/// The issuer identifier (OpenID Connect Discovery §3, RFC 8414 §2): kept byte for byte as the operator wrote it,
/// since relying parties compare it so. `https`, or `http` on loopback; no query, fragment or user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: Arc<str>,
    origin: Arc<str>,
    prefix: Arc<str>,
    host: Arc<str>,
}

/// Why a text is no issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not an absolute URL with a host.
    #[error("must be a URL such as `https://id.example.com`")]
    NotAUrl,
    /// Plain http off loopback: tokens and passwords would travel in the clear.
    #[error("must be https: plain http is for loopback only (`http://localhost:8080`)")]
    NotSecure,
    /// Discovery §3 and RFC 8414 §2 allow neither.
    #[error("must not have a query, fragment, user or password")]
    TooMuch,
    /// Relying parties that normalize URLs would arrive at another string.
    #[error("must be written in its normal form: lower case, no default port, no dots in the path")]
    NotNormal,
    /// The path becomes a route prefix.
    #[error("must have a path of letters, digits and `-._~` between single slashes")]
    Path,
}

impl Issuer {
    pub fn parse(text: &str) -> Result<Self, IssuerError> {
        let url = Url::parse(text).map_err(|_| IssuerError::NotAUrl)?;
        let host = url.host().ok_or(IssuerError::NotAUrl)?;
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&host));
        if !secure {
            return Err(if url.scheme() == "http" { IssuerError::NotSecure } else { IssuerError::NotAUrl });
        }
        if text.contains(['?', '#', '@']) {
            return Err(IssuerError::TooMuch);
        }
        if url.as_str() != text && url.as_str().strip_suffix('/') != Some(text) {
            return Err(IssuerError::NotNormal);
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if url.path().contains("//") || !url.path().bytes().all(allowed) {
            return Err(IssuerError::Path);
        }
        Ok(Self {
            text: text.into(),
            origin: url.origin().ascii_serialization().into(),
            prefix: url.path().trim_end_matches('/').into(),
            host: host.to_string().into(),
        })
    }

    /// The identifier, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as the `Origin` header has them.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path that every route lies below: empty, or such as `/auth`, never with a slash at its end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL of a path of ours.
    pub fn endpoint(&self, path: impl Below) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }

    /// Whether browsers reach it by https only.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Whether it is plain http, and so on loopback.
    pub fn is_loopback_http(&self) -> bool {
        !self.is_https()
    }
}

impl Default for Issuer {
    fn default() -> Self {
        let origin: Arc<str> = "http://localhost:8080".into();
        Self { text: origin.clone(), origin, prefix: "".into(), host: "localhost".into() }
    }
}

impl std::fmt::Display for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// `localhost` and names below it resolve to loopback only (RFC 6761 §6.3).
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl Setting for Issuer {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let text = raw.text(&IssuerError::NotAUrl.to_string())?;
        Self::parse(text).map_err(|cause| cause.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::paths::Location;

    #[test]
    fn an_issuer_is_kept_byte_for_byte() {
        for text in
            ["https://id.example.com", "https://id.example.com/", "https://id.example.com/auth", "http://[::1]:8080"]
        {
            assert_eq!(Issuer::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_issuer_tells_its_parts() {
        let issuer = Issuer::parse("https://id.example.com:8443/auth/").unwrap();
        assert_eq!(issuer.origin(), "https://id.example.com:8443");
        assert_eq!(issuer.prefix(), "/auth");
        assert_eq!(issuer.host(), "id.example.com");
        assert_eq!(issuer.endpoint(Location::Token), "https://id.example.com:8443/auth/token");
        assert!(issuer.is_https() && !issuer.is_loopback_http());
        assert_eq!(Issuer::parse("http://localhost:8080").unwrap(), Issuer::default());
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in
            ["http://localhost:8080", "http://a.localhost", "http://127.0.0.1:1", "http://127.1.2.3", "http://[::1]"]
        {
            assert!(Issuer::parse(good).unwrap().is_loopback_http(), "{good}");
        }
        for bad in ["http://id.example.com", "http://localhost.example.com", "http://10.0.0.1", "http://notlocalhost"] {
            assert_eq!(Issuer::parse(bad), Err(IssuerError::NotSecure), "{bad}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            ("", IssuerError::NotAUrl),
            ("id.example.com", IssuerError::NotAUrl),
            ("ftp://id.example.com", IssuerError::NotAUrl),
            ("https://id.example.com?a", IssuerError::TooMuch),
            ("https://id.example.com#a", IssuerError::TooMuch),
            ("https://me@id.example.com", IssuerError::TooMuch),
            ("https://ID.example.com", IssuerError::NotNormal),
            ("https://id.example.com:443", IssuerError::NotNormal),
            ("https://id.example.com/a/../b", IssuerError::NotNormal),
            ("https://id.example.com//a", IssuerError::Path),
            ("https://id.example.com/%7Ba%7D", IssuerError::Path),
        ];
        for (text, error) in cases {
            assert_eq!(Issuer::parse(text), Err(error), "{text}");
        }
    }
}
