//! The Host header, which nothing here believes: URLs are built from the issuer. A request whose Host is no host is none that two
//! servers would read alike.

use actix_web::http::Version;
use actix_web::http::header::{self, HeaderMap};
use std::net::Ipv6Addr;

/// Why a request is refused for its Host (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHost {
    Missing,
    Several,
    /// No host and port (RFC 9110 §7.2, RFC 3986 §3.2.2).
    Invalid,
}

/// Judges the Host of a request. HTTP/1.0 knows none, and may leave it out.
///
/// # Errors
/// The fault.
pub fn check(version: Version, headers: &HeaderMap) -> Result<(), BadHost> {
    let mut hosts = headers.get_all(header::HOST);
    match (hosts.next(), hosts.next()) {
        (None, _) if version < Version::HTTP_11 => Ok(()),
        (None, _) => Err(BadHost::Missing),
        (Some(host), None) if host.to_str().is_ok_and(is_host) => Ok(()),
        (Some(_), None) => Err(BadHost::Invalid),
        (Some(_), Some(_)) => Err(BadHost::Several),
    }
}

/// `uri-host [ ":" port ]`. An http URI has no empty host (RFC 9110 §4.2.1).
fn is_host(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').is_some_and(|(address, port)| is_literal(address) && is_port(port)),
        None => {
            let name = text.find(':').and_then(|at| text.split_at_checked(at));
            let (name, port) = name.unwrap_or((text, ""));
            !name.is_empty() && is_name(name) && is_port(port)
        }
    }
}

/// What stands between the brackets: an IPv6 address. Nobody has written down another kind yet (RFC 3986 §3.2.2, IPvFuture).
fn is_literal(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// `reg-name`, which every IPv4 address is too.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                [bytes.next(), bytes.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Nothing, or a colon and a port; the digits may be absent (RFC 3986 §3.2.3).
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |digits| {
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn judged(version: Version, hosts: &[&str]) -> Result<(), BadHost> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        }
        check(version, &headers)
    }

    #[test]
    fn rfc9110_7_2_a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for good in [
            "id.example.com",
            "id.example.com:8443",
            "id.example.com:",
            "localhost",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:8080",
            "my_host",
            "b%C3%BCcher.example",
            "xn--bcher-kva.example.",
        ] {
            assert_eq!(judged(Version::HTTP_11, &[good]), Ok(()), "{good}");
        }
        for bad in [
            "a b",
            "",
            ":80",
            "a/b",
            "a@b",
            "a:b",
            "a:80:80",
            "a:65536",
            "a?b",
            "a#b",
            "a\\b",
            "a\"b",
            "[::1",
            "::1",
            "[::1]x",
            "[v7.x]",
            "[]",
            "a%2",
            "a%zz",
            "http://a",
            "é",
            "a\tb",
            "[::1%25eth0]",
            "a:+80",
        ] {
            assert_eq!(judged(Version::HTTP_11, &[bad]), Err(BadHost::Invalid), "{bad}");
        }
    }

    #[test]
    fn rfc9112_3_2_there_is_one_host() {
        assert_eq!(judged(Version::HTTP_11, &[]), Err(BadHost::Missing));
        assert_eq!(judged(Version::HTTP_10, &[]), Ok(()));
        for version in [Version::HTTP_10, Version::HTTP_11] {
            assert_eq!(judged(version, &["a", "a"]), Err(BadHost::Several));
            assert_eq!(judged(version, &["a b"]), Err(BadHost::Invalid));
        }
    }
}
