//! An address that a person's browser may be sent to or shown, as one type. What is handed on is what was parsed: of
//! `https://a.example\@b.example/` one reader takes `a.example` for the host and another `b.example`.

use std::fmt;
use url::{Origin, Url};

/// An absolute `https` or `http` URL without user name, password, backslash or any character that no URI has
/// (RFC 3986 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(Url);

impl WebAddress {
    /// Reads one; `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().any(is_strange) {
            return None;
        }
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        let is_plain = url.host_str().is_some_and(|host| !host.is_empty());
        (is_plain && url.username().is_empty() && url.password().is_none()).then_some(Self(url))
    }

    /// The same, for `https` alone.
    pub fn parse_https(text: &str) -> Option<Self> {
        Self::parse(text).filter(|address| address.0.scheme() == "https")
    }

    /// As it was parsed.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> Origin {
        self.0.origin()
    }

    /// With these parameters behind those that its query has.
    #[must_use]
    pub fn with_query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.0.query_pairs_mut().extend_pairs(pairs);
        self
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A character that stands in no URI.
pub fn is_strange(c: char) -> bool {
    !c.is_ascii_graphic() || "<>\"{}|\\^`".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_on_is_what_was_parsed() {
        for (text, parsed) in [
            ("https://rp.example/a?b#c", "https://rp.example/a?b#c"),
            ("HTTPS://RP.example", "https://rp.example/"),
            ("https:rp.example/x", "https://rp.example/x"),
            ("https://rp.example:443/a/../b", "https://rp.example/b"),
        ] {
            assert_eq!(WebAddress::parse(text).map(|address| address.to_string()).as_deref(), Some(parsed));
        }
    }

    #[test]
    fn what_two_readers_could_take_for_two_hosts_is_no_web_address() {
        for text in [
            r"https://rp.example\@evil.example/",
            r"https:\\rp.example",
            "https://rp.example@evil.example/",
            "https://a:b@rp.example/",
            "https://rp.example/\r\nSet-Cookie: x",
            "https://rp.example/\ta",
            " https://rp.example/",
            "https://rp.example/\u{e9}",
            "https://rp.ex\u{200b}ample/",
            "javascript:alert(1)",
            "com.example.app:/x",
            "//rp.example/",
            "https://",
            "",
        ] {
            assert_eq!(WebAddress::parse(text), None, "{text:?}");
        }
        assert_eq!(WebAddress::parse_https("http://rp.example/"), None);
    }
}
