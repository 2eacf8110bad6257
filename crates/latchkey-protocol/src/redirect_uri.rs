//! Redirect URIs: what may be registered, and what matches (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §4.1).

use super::web_address::is_strange;
use url::{Host, Url};

/// Why a URI may not be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not an absolute URI.
    #[error("is not an absolute URI")]
    NotAbsolute,
    /// RFC 6749 §3.1.2
    #[error("has a fragment, which RFC 6749 section 3.1.2 forbids")]
    Fragment,
    /// `user@host` misleads whoever reads it.
    #[error("contains a user name or password")]
    UserInfo,
    /// Characters that no URI has.
    #[error("has a character that is not allowed in a URI")]
    Characters,
    /// RFC 9700 §2.6
    #[error("uses http, which is allowed for loopback addresses and localhost only")]
    Http,
    /// `javascript:` and its kin run code or read files.
    #[error("has a scheme that a browser would execute")]
    Scheme,
    /// RFC 9700 §2.1, RFC 6749 §3.1.2.3
    #[error(
        "contains a *: redirect URIs are compared byte for byte, so a wildcard would match nothing; register each address"
    )]
    Wildcard,
    /// RFC 8252 §7.1
    #[error("has a private-use scheme without a period, such as com.example.app:/callback")]
    PrivateScheme,
}

impl Unfit {
    /// Whether an operator may take `uri` all the same, for one client: what is at stake is that client alone.
    pub fn can_be_overridden(self, uri: &str) -> bool {
        match self {
            Self::PrivateScheme => true,
            Self::Http => Url::parse(uri).is_ok_and(|url| is_in_private_network(&url)),
            _ => false,
        }
    }
}

/// A private address (RFC 1918, RFC 6598, RFC 4193, link-local), or a name that no public DNS has: a single label, or
/// one below a name that is reserved for networks of one's own (RFC 6762, RFC 8375, and `internal`).
fn is_in_private_network(url: &Url) -> bool {
    const RESERVED: [&str; 7] = ["local", "internal", "home.arpa", "lan", "localdomain", "test", "localhost"];
    match url.host() {
        Some(Host::Ipv4(address)) => {
            let shared = matches!(address.octets(), [100, 64..=127, ..]);
            address.is_private() || address.is_link_local() || shared
        }
        Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Some(Host::Domain(name)) => {
            let below = |reserved: &&str| name.strip_suffix(*reserved).is_some_and(|rest| rest.ends_with('.'));
            !name.contains('.') || RESERVED.iter().any(below)
        }
        None => false,
    }
}

/// Judges a URI that a client wants to register.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(uri: &str) -> Result<(), Unfit> {
    if uri.chars().any(is_strange) {
        return Err(Unfit::Characters);
    }
    if uri.contains('*') {
        return Err(Unfit::Wildcard);
    }
    let url = Url::parse(uri).map_err(|_| Unfit::NotAbsolute)?;
    if uri.contains('#') {
        return Err(Unfit::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Unfit::UserInfo);
    }
    match url.scheme() {
        "https" => url.host().map(drop).ok_or(Unfit::NotAbsolute),
        "http" if is_local(&url) => Ok(()),
        "http" => Err(Unfit::Http),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" | "ftp" | "ws" | "wss" => Err(Unfit::Scheme),
        scheme if scheme.contains('.') => Ok(()),
        _ => Err(Unfit::PrivateScheme),
    }
}

fn is_local(url: &Url) -> bool {
    url.host_str() == Some("localhost") || is_loopback(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

/// Whether a requested URI is the registered one: byte for byte, save the port of an http loopback address
/// (RFC 8252 §7.3; `localhost` is a name, so its port counts).
pub fn matches(registered: &str, requested: &str) -> bool {
    registered == requested
        || matches!((loopback_parts(registered), loopback_parts(requested)), (Some(a), Some(b)) if a == b)
}

/// Splits `http://127.0.0.1[:port]rest` or `http://[::1][:port]rest` into host and rest, by text alone.
fn loopback_parts(uri: &str) -> Option<(&'static str, &str)> {
    let (host, after) = [("127.0.0.1", "http://127.0.0.1"), ("[::1]", "http://[::1]")]
        .into_iter()
        .find_map(|(host, start)| uri.strip_prefix(start).map(|after| (host, after)))?;
    let rest = match after.strip_prefix(':') {
        Some(port_on) => {
            let end = port_on.find(|c: char| !c.is_ascii_digit()).unwrap_or(port_on.len());
            let (port, rest) = port_on.split_at(end);
            port.parse::<u16>().ok().filter(|port| *port != 0)?;
            rest
        }
        None => after,
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rdr_01_a_uri_matches_byte_for_byte() {
        assert!(matches("https://rp.example/cb", "https://rp.example/cb"));
        for other in [
            "https://rp.example/cb/",
            "https://rp.example/cb?x=1",
            "https://RP.example/cb",
            "https://rp.example:443/cb",
            "https://rp.example/cb/../cb",
            "https://rp.example/%63b",
            "http://rp.example/cb",
            "https://rp.example/cb#",
        ] {
            assert!(!matches("https://rp.example/cb", other), "{other}");
        }
    }

    #[test]
    fn rfc8252_7_3_the_port_of_a_loopback_address_is_free() {
        assert!(matches("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"));
        assert!(matches("http://127.0.0.1:80/cb?a=b", "http://127.0.0.1:1/cb?a=b"));
        assert!(matches("http://[::1]/cb", "http://[::1]:61023/cb"));
        for other in [
            "http://127.0.0.1:49152/other",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:99999/cb",
            "http://127.0.0.2/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1@evil.example/cb",
            "https://127.0.0.1:1/cb",
            "http://127.0.0.1:1@evil.example/cb",
            "http://127.0.0.1:/cb",
            "http://localhost:1/cb",
            "http://[::1]:1/cb",
        ] {
            assert!(!matches("http://127.0.0.1/cb", other), "{other}");
        }
    }

    #[test]
    fn rdr_04_localhost_is_a_name_and_its_port_counts() {
        assert!(!matches("http://localhost/cb", "http://localhost:3000/cb"));
    }

    #[test]
    fn rdr_06_to_09_unfit_uris_are_refused_with_the_rule() {
        for (uri, expected) in [
            ("https://rp.example/cb", None),
            ("http://localhost:3000/cb", None),
            ("http://[::1]/cb", None),
            ("com.example.app:/cb", None),
            ("http://rp.example/cb", Some(Unfit::Http)),
            ("https://rp.example/cb#x", Some(Unfit::Fragment)),
            ("https://a@rp.example/cb", Some(Unfit::UserInfo)),
            ("JaVaScript:alert(1)", Some(Unfit::Scheme)),
            ("data:text/html,x", Some(Unfit::Scheme)),
            ("myapp:/cb", Some(Unfit::PrivateScheme)),
            ("/cb", Some(Unfit::NotAbsolute)),
            ("https://*.rp.example/cb", Some(Unfit::Wildcard)),
            ("https://rp.example/*", Some(Unfit::Wildcard)),
            ("https://rp.example/cb?next=*", Some(Unfit::Wildcard)),
            ("*", Some(Unfit::Wildcard)),
            ("https://rp.example/ cb", Some(Unfit::Characters)),
            ("https://rp.example/\u{0}", Some(Unfit::Characters)),
        ] {
            assert_eq!(check(uri).err(), expected, "{uri}");
        }
    }

    /// A registered URI, and one that differs from it by a little.
    fn near() -> impl proptest::strategy::Strategy<Value = (String, String)> {
        use proptest::prelude::*;
        let uri = prop_oneof![
            "https://rp\\.example(:[0-9]{1,5})?/[a-z]{0,3}(\\?[a-z]=1)?",
            "http://(127\\.0\\.0\\.1|\\[::1\\]|localhost|127\\.1)(:[0-9]{1,5})?(/[a-z]{0,3})?(\\?[a-z]=1)?",
            "com\\.example\\.app:/[a-z]{0,3}",
        ];
        let slip =
            (any::<prop::sample::Index>(), 0_usize..3, "(:[0-9]{0,5}|[/?#@:.%\\\\a-z0-9 ]|\\.\\./|//|%2f|:1@x\\.y)?");
        (uri.clone(), uri, proptest::option::weighted(0.8, slip)).prop_map(|(registered, other, slip)| {
            let Some((at, removed, inserted)) = slip else { return (registered, other) };
            let at = at.index(registered.len() + 1);
            let end = (at + removed).min(registered.len());
            let requested = format!("{}{inserted}{}", &registered[..at], &registered[end..]);
            (registered, requested)
        })
    }

    /// What a URL is apart from its port, as the WHATWG standard reads it.
    fn but_for_the_port(text: &str) -> Url {
        let mut url = Url::parse(text).unwrap();
        url.set_port(None).unwrap();
        url
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(2000))]

        #[test]
        fn rdr_02_by_the_whatwg_reading_what_matches_differs_in_a_loopback_port_alone((registered, requested) in near()) {
            if matches(&registered, &requested) && registered != requested {
                let url = Url::parse(&requested).unwrap();
                proptest::prop_assert!(is_loopback(&url) && url.scheme() == "http", "{}", requested);
                proptest::prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
                proptest::prop_assert_eq!(but_for_the_port(&registered), but_for_the_port(&requested));
            }
            if matches(&registered, &requested) {
                proptest::prop_assert_eq!(check(&registered).is_ok(), check(&requested).is_ok());
            }
        }

        #[test]
        fn rfc8252_7_3_every_port_of_a_loopback_address_matches(one in 1_u16.., other in 1_u16.., rest in "(/[a-z]{0,5})?(\\?[a-z]=1)?") {
            for host in ["127.0.0.1", "[::1]"] {
                let uri = |port| format!("http://{host}:{port}{rest}");
                proptest::prop_assert!(matches(&uri(one), &uri(other)));
                let bare = format!("http://{host}{rest}");
                proptest::prop_assert!(matches(&bare, &uri(other)));
            }
        }

        #[test]
        fn rdr_02_nothing_matches_but_itself_or_another_loopback_port(registered in "https://[a-z]{1,8}\\.example/[a-z]{0,5}", requested in ".{0,40}") {
            proptest::prop_assert_eq!(matches(&registered, &requested), registered == requested);
        }
    }
}
