//! Who really asks. Forwarded headers are believed from named proxies alone (RFC 9700 §4.13).

use actix_web::http::header::HeaderMap;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address of the browser or application, as far as it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(IpAddr);

/// Hops that are looked at; a longer chain is a forgery or a loop.
const MAX_HOPS: usize = 16;

impl ClientIp {
    /// An address that is known otherwise. An IPv4 address in IPv6 clothes counts as IPv4.
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// From the peer, and from `X-Forwarded-For` if the peer is in `trusted`.
    ///
    /// `Forwarded` (RFC 7239) is not read: a proxy that writes one of the two passes the other on as the client
    /// wrote it, so with both read a client could choose its address.
    pub fn resolve(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let Some(peer) = peer.map(|peer| peer.ip().to_canonical()) else {
            return Self(Ipv4Addr::UNSPECIFIED.into());
        };
        if trusted.is_empty() || !contains(trusted, peer) { Self(peer) } else { Self(behind(peer, headers, trusted)) }
    }

    pub const fn address(self) -> IpAddr {
        self.0
    }

    /// The network that one household or office usually has: the /24 of an IPv4, the /64 of an IPv6 address.
    pub fn network(self) -> IpNet {
        let network = match self.0 {
            IpAddr::V4(address) => Ipv4Net::new(address, 24).map(|network| IpNet::V4(network.trunc())),
            IpAddr::V6(address) => Ipv6Net::new(address, 64).map(|network| IpNet::V6(network.trunc())),
        };
        network.unwrap_or_else(|_| self.0.into())
    }
}

impl fmt::Display for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether `address` lies in one of `networks`.
pub fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The right-most hop that is not our proxy: everything to the left of it can be forged. A hop that cannot be
/// read ends the search at the proxy that reported it.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let lines: Vec<_> = headers.get_all("x-forwarded-for").collect();
    let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut nearest = peer;
    for hop in hops.take(MAX_HOPS) {
        let Some(address) = std::str::from_utf8(hop).ok().and_then(parse_hop) else { break };
        nearest = address;
        if !contains(trusted, address) {
            break;
        }
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn resolve(peer: &str, lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_bytes(line).unwrap());
        }
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        ClientIp::resolve(Some(peer.parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn the_right_most_stranger_is_the_client() {
        let cases: &[(&str, &[&[u8]], &str)] = &[
            ("10.0.0.1:80", &[b"192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1:80", &[b"192.0.2.1, 10.0.0.2"], "192.0.2.1"),
            ("10.0.0.1:80", &[b"192.0.2.1", b"10.0.0.2 ,10.0.0.3"], "192.0.2.1"),
            ("10.0.0.1:80", &[b"192.0.2.1:4711"], "192.0.2.1"),
            ("[fd00::1]:80", &[b"2001:db8::1"], "2001:db8::1"),
            ("[fd00::1]:80", &[b"[2001:db8::1]"], "2001:db8::1"),
            ("[fd00::1]:80", &[b"[2001:db8::1]:443,[fd00::2]:1"], "2001:db8::1"),
            ("[::ffff:10.0.0.1]:80", &[b"::ffff:192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1:80", &[b"10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1:80", &[], "10.0.0.1"),
        ];
        for (peer, lines, client) in cases {
            assert_eq!(&resolve(peer, lines), client, "{peer} {lines:?}");
        }
    }

    #[test]
    fn what_a_stranger_says_is_not_believed() {
        assert_eq!(resolve("192.0.2.9:80", &[b"127.0.0.1"]), "192.0.2.9");
        assert_eq!(resolve("[2001:db8::9]:80", &[b"10.0.0.1"]), "2001:db8::9");
        // The client wrote the left part, the proxy the right one.
        assert_eq!(resolve("10.0.0.1:80", &[b"127.0.0.1, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(resolve("10.0.0.1:80", &[b"127.0.0.1", b"192.0.2.9"]), "192.0.2.9");
    }

    #[test]
    fn garbage_ends_the_search_at_the_proxy_that_reported_it() {
        for garbage in [
            "",
            ",",
            "unknown",
            "192.0.2.1.5",
            "[::1",
            "::1]",
            "fe80::1%eth0",
            "1.2.3.4:99999",
            "\u{e9}",
            "\"1.2.3.4\"",
        ] {
            assert_eq!(resolve("10.0.0.1:80", &[garbage.as_bytes()]), "10.0.0.1", "{garbage}");
            let then = format!("192.0.2.1,{garbage}, 10.0.0.2");
            assert_eq!(resolve("10.0.0.1:80", &[then.as_bytes()]), "10.0.0.2", "{garbage}");
        }
        assert_eq!(resolve("10.0.0.1:80", &[b"\xff\xfe, 192.0.2.7"]), "192.0.2.7");
        let long = "10.0.0.2,".repeat(10_000) + "10.0.0.3";
        assert_eq!(resolve("10.0.0.1:80", &[format!("192.0.2.1,{long}").as_bytes()]), "10.0.0.2");
    }

    #[test]
    fn without_proxies_the_peer_is_the_client() {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static("192.0.2.1"));
        let peer = Some("10.0.0.1:80".parse().unwrap());
        assert_eq!(ClientIp::resolve(peer, &headers, &[]).to_string(), "10.0.0.1");
        assert_eq!(ClientIp::resolve(None, &headers, &[]).to_string(), "0.0.0.0");
    }

    #[test]
    fn a_network_is_what_one_household_has() {
        let network = |text: &str| ClientIp::new(text.parse().unwrap()).network().to_string();
        assert_eq!(network("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.77"), "192.0.2.0/24");
    }
}
