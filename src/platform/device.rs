//! The browser and system of a User-Agent header in plain words, and where a request comes from.

use super::crypto::TokenHash;
use std::net::IpAddr;

/// Where something was sent from.
#[derive(Clone, Debug)]
pub struct Sender {
    pub address: IpAddr,
    /// Of the cookie by which the browser is known.
    pub cookie: Option<TokenHash>,
}

/// A browser and a system; empty where nothing known is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Such as `Firefox`.
    pub browser: &'static str,
    /// Such as `Windows`.
    pub system: &'static str,
}

/// The first that is named counts: others name Chrome and Safari beside themselves.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    pub fn of(user_agent: &str) -> Self {
        let named = |names: &[(&str, &'static str)]| {
            names.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("", |(_, name)| name)
        };
        Self { browser: named(&BROWSERS), system: named(&SYSTEMS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_own_name() {
        let of = |text| Device::of(text);
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(of(edge), Device { browser: "Edge", system: "Windows" });
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1";
        assert_eq!(of(phone), Device { browser: "Safari", system: "iPhone" });
        assert_eq!(of("curl/8.0"), Device { browser: "", system: "" });
    }
}
