//! The part of a page that offers a passkey.

use crate::platform::i18n::Texts;

/// A passkey may be used here.
#[derive(Debug)]
pub struct Offer {
    /// Where the answer goes.
    pub action: String,
    /// Where the script learns what to ask the device for.
    pub options: String,
    /// Whether the browser may offer it beside the user names that it knows.
    pub autofill: bool,
    /// Why the page is shown again.
    pub problem: String,
}

impl Offer {
    /// For the interaction whose endpoint is `action`; `query` is that of the page.
    pub(in crate::interaction::login) fn new(action: String, query: &str, texts: &Texts) -> Self {
        let switch = if query.contains("switch=1") { "?switch=1" } else { "" };
        Self { options: format!("{action}/options{switch}"), action, autofill: false, problem: problem(query, texts) }
    }
}

impl Offer {
    pub(in crate::interaction::login) fn sample(autofill: bool) -> Self {
        Self { action: String::new(), options: String::new(), autofill, problem: String::new() }
    }
}

fn problem(query: &str, texts: &Texts) -> String {
    match query.split('&').find_map(|pair| pair.strip_prefix("passkey=")) {
        Some("expired") => texts.get("passkey-expired"),
        Some("unverified") => texts.get("passkey-unverified"),
        Some("wait") => texts.get("passkey-wait"),
        Some("failed") => texts.get("passkey-failed"),
        _ => String::new(),
    }
}
