//! Which servers may be connected to: decided from the URL and the resolved addresses, before any connection.

use super::EgressError;
use super::address::is_public;
use ipnet::IpNet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Where services of the public internet that we fetch from listen.
const PORTS: [u16; 2] = [443, 8443];
/// More addresses than this are not tried.
const MOST_ADDRESSES: usize = 8;

/// Turns a name into addresses.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of a name, in order of preference.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait::async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Judges where a URL leads.
pub struct Guard {
    allowed: Vec<IpNet>,
    resolver: Arc<dyn Resolve>,
}

impl Guard {
    /// Addresses in `allowed` may be private, and may be fetched from by http and on any port.
    pub fn new(allowed: Vec<IpNet>, resolver: Arc<dyn Resolve>) -> Self {
        Self { allowed, resolver }
    }

    /// The addresses that may be connected to; there is at least one.
    pub async fn admit(&self, url: &Url) -> Result<Vec<SocketAddr>, EgressError> {
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(EgressError::Url),
        };
        let port = url.port_or_known_default().ok_or(EgressError::Url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Url);
        }
        let found = self.resolve(url).await?;
        let fits =
            |address: &IpAddr| self.is_allowed(*address) || (!plain && PORTS.contains(&port) && is_public(*address));
        let fitting: Vec<_> =
            found.iter().copied().filter(fits).take(MOST_ADDRESSES).map(|ip| SocketAddr::new(ip, port)).collect();
        if fitting.is_empty() { Err(reason(plain, port, &found)) } else { Ok(fitting) }
    }

    async fn resolve(&self, url: &Url) -> Result<Vec<IpAddr>, EgressError> {
        match url.host().ok_or(EgressError::Url)? {
            Host::Ipv4(address) => Ok(vec![address.into()]),
            Host::Ipv6(address) => Ok(vec![address.into()]),
            Host::Domain(name) => match self.resolver.resolve(name).await {
                Ok(found) if !found.is_empty() => Ok(found),
                _ => Err(EgressError::Unresolved),
            },
        }
    }

    /// A mapped address counts as the IPv4 address that it reaches.
    fn is_allowed(&self, address: IpAddr) -> bool {
        let reached = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&reached))
    }
}

fn reason(plain: bool, port: u16, found: &[IpAddr]) -> EgressError {
    match found.iter().any(|address| is_public(*address)) {
        true if plain => EgressError::Url,
        true => EgressError::Port(port),
        false => EgressError::Forbidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names;

    #[async_trait::async_trait]
    impl Resolve for Names {
        async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
            let found: &[&str] = match name {
                "public.example" => &["1.1.1.1", "2606:4700::1"],
                "private.example" => &["10.0.0.1", "fd00::1"],
                "mixed.example" => &["127.0.0.1", "1.1.1.1", "::ffff:1.1.1.1", "169.254.169.254"],
                "localhost" => &["::1", "127.0.0.1"],
                "empty.example" => &[],
                _ => return Err(io::ErrorKind::NotFound.into()),
            };
            Ok(found.iter().map(|address| address.parse().unwrap()).collect())
        }
    }

    async fn admit(allowed: &[&str], url: &str) -> Result<Vec<String>, EgressError> {
        let allowed = allowed.iter().map(|net| net.parse().unwrap()).collect();
        let found = Guard::new(allowed, Arc::new(Names)).admit(&Url::parse(url).unwrap()).await?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    #[tokio::test]
    async fn cli_16_a_public_name_is_pinned_to_what_it_resolved_to() {
        assert_eq!(admit(&[], "https://public.example/jwks").await.unwrap(), ["1.1.1.1:443", "[2606:4700::1]:443"]);
        assert_eq!(admit(&[], "https://mixed.example:8443/").await.unwrap(), ["1.1.1.1:8443"]);
    }

    #[tokio::test]
    async fn cli_16_private_addresses_are_refused_however_they_are_written() {
        for host in [
            "private.example",
            "localhost",
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0",
            "169.254.169.254",
            "10.1.2.3",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[64:ff9b::7f00:1]",
            "１２７.０.０.１",
        ] {
            assert_eq!(admit(&[], &format!("https://{host}/")).await, Err(EgressError::Forbidden), "{host}");
        }
    }

    #[tokio::test]
    async fn only_https_on_a_known_port_and_without_credentials() {
        assert_eq!(admit(&[], "http://public.example/").await, Err(EgressError::Url));
        assert_eq!(admit(&[], "http://public.example:443/").await, Err(EgressError::Url));
        assert_eq!(admit(&[], "https://public.example:22/").await, Err(EgressError::Port(22)));
        for url in [
            "https://user@public.example/",
            "https://user:pass@public.example/",
            "ftp://public.example/",
            "file:///etc/passwd",
            "data:,x",
        ] {
            assert_eq!(admit(&[], url).await, Err(EgressError::Url), "{url}");
        }
        assert_eq!(admit(&[], "https://unknown.example/").await, Err(EgressError::Unresolved));
        assert_eq!(admit(&[], "https://empty.example/").await, Err(EgressError::Unresolved));
    }

    #[tokio::test]
    async fn an_allowed_address_may_be_private_plain_and_on_any_port() {
        assert_eq!(admit(&["127.0.0.0/8"], "http://localhost:8080/").await.unwrap(), ["127.0.0.1:8080"]);
        assert_eq!(admit(&["10.0.0.0/24"], "https://private.example:9000/").await.unwrap(), ["10.0.0.1:9000"]);
        assert_eq!(admit(&["10.0.1.0/24"], "https://private.example/").await, Err(EgressError::Forbidden));
        assert_eq!(admit(&["127.0.0.1/32"], "http://[::ffff:127.0.0.1]/").await.unwrap(), ["[::ffff:127.0.0.1]:80"]);
        assert_eq!(admit(&["127.0.0.1/32"], "http://public.example/").await, Err(EgressError::Url));
    }
}
