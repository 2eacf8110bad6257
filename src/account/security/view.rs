//! The page.

use crate::account::safety::{Means, Safety};
use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use crate::platform::i18n::{Texts, shown};
use crate::platform::paths::AccountPage;
use askama::Template;

/// `/account/security`
#[derive(Debug, Template)]
#[template(path = "account/security.html")]
pub struct Security<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The sign-in methods, a row each.
    pub entries: Vec<Entry>,
    /// The password was changed.
    pub is_changed: bool,
    /// The password was removed.
    pub is_without_password: bool,
}

impl<'a> Security<'a> {
    /// Before anything was changed.
    pub(super) fn of(page: Page<'a>, console: Console<'a>, safety: &Safety, means: Means) -> Self {
        let entries = entries(page.texts, safety, means, |path| console.url(path));
        Self { page, console, entries, is_changed: false, is_without_password: false }
    }
}

#[derive(Debug)]
pub struct Entry {
    pub title: String,
    pub detail: String,
    /// Since when, if it is set.
    pub at: Option<Time>,
    /// Where it is changed.
    pub url: String,
    /// What the link says.
    pub action: String,
}

/// The rows of the page, in its order.
fn entries(texts: &Texts, safety: &Safety, means: Means, url: impl Fn(AccountPage) -> String) -> Vec<Entry> {
    let entry = |title, detail, at, path: AccountPage, action| Entry { title, detail, at, url: url(path), action };
    let (change, title) = (|| texts.get("security-change"), texts.get("security-password"));
    let (detail, action) = match safety.password_changed_at {
        Some(_) => (texts.get("security-password-changed"), change()),
        None => (texts.get("security-password-none"), texts.get("security-password-set")),
    };
    let mut entries = vec![entry(title, detail, safety.password_changed_at, AccountPage::Password, action)];
    if means.passkeys {
        let (detail, action) = match safety.passkeys {
            0 => (texts.get("passkeys-off"), texts.get("passkeys-set-up")),
            count => (texts.with("passkeys-count", "count", count), change()),
        };
        entries.push(entry(texts.get("passkeys-title"), detail, None, AccountPage::Passkeys, action));
    }
    if means.authenticator {
        let (detail, action) = match safety.authenticator_since {
            Some(_) => (texts.get("authenticator-since"), change()),
            None => (texts.get("authenticator-off"), texts.get("authenticator-set-up")),
        };
        let (title, at) = (texts.get("authenticator-title"), safety.authenticator_since);
        entries.push(entry(title, detail, at, AccountPage::Authenticator, action));
    }
    if let Some(left) = safety.codes_left {
        let (detail, action) = match left {
            0 => (texts.get("codes-none"), texts.get("codes-make")),
            left => (texts.with("codes-count", "count", left), change()),
        };
        entries.push(entry(texts.get("codes-title"), detail, None, AccountPage::RecoveryCodes, action));
    }
    let primary = safety.primary.as_ref();
    let detail = primary.map_or_else(|| texts.get("addresses-none"), |primary| shown(&primary.value));
    entries.push(entry(texts.get("addresses-title"), detail, None, AccountPage::Addresses, change()));
    entries
}
