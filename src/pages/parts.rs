//! What pages show of an application and of a person (`templates/ui.html` draws them).

use crate::platform::i18n::{Argument, shown};
use crate::protocol::web_address::WebAddress;
use fluent_templates::fluent_bundle::FluentValue;

/// Seconds to wait as `m:ss`, which needs no plural and which the script counts down.
pub fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// An application, as a page shows it.
#[derive(Debug, Clone, Default)]
pub struct Application<'a> {
    /// Its name; may be anything that a client registered.
    pub name: &'a str,
    /// The host that it returns to, as the browser's address bar will show it.
    pub host: &'a str,
    /// Where we serve its logo. Never an address of its own: whoever serves a picture learns who looks.
    pub logo: Option<String>,
    /// Its privacy policy. Shown only if https.
    pub policy_uri: Option<&'a str>,
    /// Its terms of service. Shown only if https.
    pub tos_uri: Option<&'a str>,
    /// It registered itself: nobody vouches for its name.
    pub is_unverified: bool,
}

impl Application<'_> {
    /// The name, made safe to show.
    pub fn title(&self) -> String {
        shown(self.name)
    }

    /// The host, for a sentence.
    pub fn place(&self) -> Place<'_> {
        Place(self.host)
    }

    /// The placeholder for a missing logo.
    pub fn initial(&self) -> String {
        initial(self.name)
    }

    /// Which of the six tints it has, always the same for a name.
    pub fn tint(&self) -> u32 {
        tint(self.name)
    }

    /// The privacy policy's address, if it may be shown.
    pub fn policy(&self) -> Option<String> {
        https(self.policy_uri)
    }

    /// The terms' address, if they may be shown.
    pub fn terms(&self) -> Option<String> {
        https(self.tos_uri)
    }
}

/// A host in a sentence. It is never cut at its end, which shows whom it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a>(&'a str);

impl Argument for Place<'_> {
    fn argument(&self) -> FluentValue<'static> {
        let visible: Vec<char> = self.0.chars().filter(|c| c.is_ascii_graphic()).collect();
        let cut = visible.len().saturating_sub(MOST_HOST_CHARACTERS);
        let tail: String = visible.into_iter().skip(cut).collect();
        FluentValue::from(if cut == 0 { tail } else { format!("…{tail}") })
    }
}

/// A host name has at most 253 characters (RFC 1035 §2.3.4), and a port may follow.
const MOST_HOST_CHARACTERS: usize = 260;

/// A person, as a page shows them.
#[derive(Debug, Clone, Default)]
pub struct Person<'a> {
    /// What they are called: full name, or else the username.
    pub name: &'a str,
    /// What identifies them: address or username.
    pub identifier: &'a str,
    /// Where we serve their picture.
    pub picture: Option<String>,
}

impl Person<'_> {
    /// The name, made safe to show.
    pub fn title(&self) -> String {
        shown(self.name)
    }

    /// The identifier, made safe to show; none where it only repeats the name.
    pub fn detail(&self) -> Option<String> {
        (self.identifier != self.name).then(|| shown(self.identifier))
    }

    /// The placeholder for a picture.
    pub fn initial(&self) -> String {
        initial(self.name)
    }
}

fn initial(name: &str) -> String {
    shown(name).chars().find(|c| c.is_alphanumeric()).map_or_else(|| "•".to_owned(), |c| c.to_uppercase().collect())
}

fn tint(name: &str) -> u32 {
    name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 6
}

fn https(uri: Option<&str>) -> Option<String> {
    uri.and_then(WebAddress::parse_https).map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_links_are_shown() {
        let links = Application {
            policy_uri: Some("javascript:alert(1)"),
            tos_uri: Some("HTTPS://a.example/t"),
            ..Default::default()
        };
        assert_eq!((links.policy(), links.terms().as_deref()), (None, Some("https://a.example/t")));
        let misread = Application { policy_uri: Some(r"https://a.example\@b.example/"), ..Default::default() };
        assert_eq!(misread.policy(), None);
    }

    #[test]
    fn a_long_host_keeps_the_end_that_tells_whose_it_is() {
        let host = format!("accounts.bank.example.{}evil.example", "a.".repeat(400));
        let text = crate::platform::i18n::Texts::default().with("application-host", "host", Place(&host));
        assert!(text.contains("…") && text.ends_with("evil.example"), "{text}");
    }

    #[test]
    fn an_initial_is_a_letter_also_of_odd_names() {
        let of = |name| Application { name, ..Default::default() }.initial();
        assert_eq!((of("harbour"), of("«école»"), of("***")), ("H".into(), "É".into(), "•".into()));
    }

    #[test]
    fn a_person_who_is_called_by_the_username_shows_it_once() {
        assert_eq!(Person { name: "alice", identifier: "alice", picture: None }.detail(), None);
    }
}
