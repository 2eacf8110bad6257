//! The one form of an email address: composed (UAX 15, NFC), its domain as the DNS has it (UTS 46, A-labels), without a dot at its
//! end. Two spellings of one mailbox are one address: for signing in, in the store, and in the envelope.

use crate::protocol::visible;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use std::net::{Ipv4Addr, Ipv6Addr};
use unicode_normalization::UnicodeNormalization as _;

/// An address in its one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// As it was typed, composed and without a dot at its end: for people.
    pub shown: String,
    /// For mail servers: the local part as typed, since only its server knows whether case matters (RFC 5321 §2.4).
    pub envelope: String,
    /// For comparing: in lower case.
    pub folded: String,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// No local part and domain.
    #[error("is not an email address")]
    Shape,
    /// RFC 2047 §2 in a local part: mail programs would decode it into another address than the one that is shown.
    #[error("contains an encoded word (=?…?=), which mail programs read as another address")]
    EncodedWord,
    /// Characters that nobody sees, and that turn what stands around them.
    #[error("contains invisible characters")]
    Invisible,
    /// No host name that the DNS can have.
    #[error("has a domain that cannot exist")]
    Domain,
}

/// Reads an address.
///
/// # Errors
/// The rule that it breaks.
pub fn form(text: &str) -> Result<Form, NotAnAddress> {
    let composed: String = text.trim().nfc().collect();
    let (local, domain) = composed.rsplit_once('@').ok_or(NotAnAddress::Shape)?;
    let spaced = |c: char| c.is_control() || c.is_whitespace();
    if local.is_empty() || domain.is_empty() || composed.chars().any(spaced) {
        return Err(NotAnAddress::Shape);
    }
    if composed.chars().any(visible::is_hidden) {
        return Err(NotAnAddress::Invisible);
    }
    if local.contains("=?") {
        return Err(NotAnAddress::EncodedWord);
    }
    let ascii = host(domain).ok_or(NotAnAddress::Domain)?;
    let bare = domain.strip_suffix(['.', '。', '．', '｡']).unwrap_or(domain);
    let folded: String = local.to_lowercase().nfc().collect();
    Ok(Form {
        shown: format!("{local}@{bare}"),
        envelope: format!("{local}@{ascii}"),
        folded: format!("{folded}@{ascii}"),
    })
}

/// A domain as A-labels in lower case, or an address literal (RFC 5321 §4.1.3).
fn host(domain: &str) -> Option<String> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let lower = literal.to_ascii_lowercase();
        let is_address = match lower.strip_prefix("ipv6:") {
            Some(text) => text.parse::<Ipv6Addr>().is_ok(),
            None => lower.parse::<Ipv4Addr>().is_ok(),
        };
        return is_address.then(|| format!("[{lower}]"));
    }
    let length = DnsLength::VerifyAllowRootDot;
    let ascii = Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, length).ok()?;
    let bare = ascii.strip_suffix('.').unwrap_or(&ascii);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uts46_every_spelling_of_a_mailbox_is_one_address() {
        let one = "ada@xn--bcher-kva.example";
        for typed in [
            "ada@bücher.example",
            "Ada@BÜCHER.Example",
            "ada@bu\u{308}cher.example",
            "ada@xn--bcher-kva.example",
            "ADA@XN--BCHER-KVA.EXAMPLE.",
            " ada@bücher.example. ",
            "ada@ｂücher。example",
        ] {
            assert_eq!(form(typed).unwrap().folded, one, "{typed}");
        }
        assert_eq!(form("Ada@Example.ORG.").unwrap().shown, "Ada@Example.ORG");
        assert_eq!(form("Ada@BÜCHER.example").unwrap().envelope, "Ada@xn--bcher-kva.example");
        assert_eq!(form("jose\u{301}@example.org").unwrap().folded, "josé@example.org");
        assert_eq!(form("ada@[192.0.2.1]").unwrap().folded, "ada@[192.0.2.1]");
        assert_eq!(form("ada@[IPv6:2001:db8::1]").unwrap().folded, "ada@[ipv6:2001:db8::1]");
        assert_eq!(form("ada@localhost").unwrap().folded, "ada@localhost");
    }

    #[test]
    fn what_mail_programs_read_differently_is_no_address() {
        let table = [
            ("", NotAnAddress::Shape),
            ("ada", NotAnAddress::Shape),
            ("@example.org", NotAnAddress::Shape),
            ("ada@", NotAnAddress::Shape),
            ("a da@example.org", NotAnAddress::Shape),
            ("ada@example.org\r\nBcc: eve@example.org", NotAnAddress::Shape),
            ("=?utf-8?q?ada=40example.org=3e?=@evil.example", NotAnAddress::EncodedWord),
            ("=?x?q?=41=42=43collab=40x.example=3e=20?=foo@example.org", NotAnAddress::EncodedWord),
            ("a\u{200b}da@example.org", NotAnAddress::Invisible),
            ("\u{202e}gro.elpmaxe@ada.example", NotAnAddress::Invisible),
            ("ada@example..org", NotAnAddress::Domain),
            ("ada@-example.org", NotAnAddress::Domain),
            ("ada@exa mple.org", NotAnAddress::Shape),
            ("ada@exam_ple.org", NotAnAddress::Domain),
            ("ada@[here]", NotAnAddress::Domain),
            ("ada@.", NotAnAddress::Domain),
            ("ada@xn--a", NotAnAddress::Domain),
        ];
        for (typed, why) in table {
            assert_eq!(form(typed), Err(why), "{typed:?}");
        }
        let long = format!("ada@{}.example", "a".repeat(64));
        assert_eq!(form(&long), Err(NotAnAddress::Domain));
    }
}
