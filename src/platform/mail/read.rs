//! Reads an email back as a person sees it: for the mailbox of `latchkey dev`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An email that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub to: String,
    pub subject: String,
    /// When it was written, as it says itself.
    pub date: String,
    /// The part for readers without HTML.
    pub text: String,
    pub headers: Vec<(String, String)>,
}

/// Reads a message (RFC 5322) of the kind that this server writes: two parts, text first.
pub fn read(message: &str) -> Received {
    let message = message.replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
    let headers = headers(head);
    let find = |name: &str| value(&headers, name);
    let boundary =
        find("Content-Type").split_once("boundary=\"").and_then(|(_, rest)| rest.split('"').next().map(str::to_owned));
    let text = match boundary {
        Some(boundary) => body.split(&format!("--{boundary}")).nth(1).map(part).unwrap_or_default(),
        None => body.to_owned(),
    };
    Received { to: find("To"), subject: words(&find("Subject")), date: find("Date"), text, headers }
}

fn value(headers: &[(String, String)], name: &str) -> String {
    let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let pairs = unfolded.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

fn part(part: &str) -> String {
    let (head, body) = part.trim_start().split_once("\n\n").unwrap_or(("", part));
    let bytes = match value(&headers(head), "Content-Transfer-Encoding").to_ascii_lowercase().as_str() {
        "quoted-printable" => quoted_printable(body),
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap_or_default(),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8_lossy(&bytes).trim().replace("\r\n", "\n")
}

/// RFC 2045 §6.7.
fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\n", "");
    let mut bytes = joined.bytes();
    let mut decoded = Vec::with_capacity(joined.len());
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            decoded.push(byte);
            continue;
        }
        let digits = [bytes.next(), bytes.next()].into_iter().flatten().collect::<Vec<_>>();
        decoded.extend(std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok()));
    }
    decoded
}

/// Encoded words (RFC 2047 §2) of a subject.
fn words(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, word)) = rest.split_once("=?utf-8?b?") {
        let (word, after) = word.split_once("?=").unwrap_or((word, ""));
        // White space between two encoded words is none of the text.
        if text.is_empty() || !before.trim().is_empty() {
            text.push_str(before);
        }
        text.push_str(&String::from_utf8_lossy(&STANDARD.decode(word).unwrap_or_default()));
        rest = after;
    }
    text + rest
}
