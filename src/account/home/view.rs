//! The page.

use crate::account::safety::{FEW_CODES, Safety, Step};
use crate::account::view::{Console, Section};
use crate::model::address::Address;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::i18n::shown;
use crate::platform::paths::AccountPage;
use askama::Template;

/// `/account`
#[derive(Debug, Template)]
#[template(path = "account/home.html")]
pub struct Home<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The name in the greeting.
    pub name: &'a str,
    /// What protects the account.
    pub safety: Safety,
    /// The suggested next step.
    pub step: Step,
    /// Whether passkeys are available.
    pub offers_passkeys: bool,
    /// Whether authenticator apps are available.
    pub offers_authenticator: bool,
    /// The latest, newest first.
    pub sign_ins: Vec<SignIn>,
}

#[derive(Debug)]
pub struct SignIn {
    pub device: Device,
    /// From where: an address prefix.
    pub network: String,
    pub at: Time,
    /// Whether it is this session.
    pub is_here: bool,
}

/// A row of the security overview.
struct State {
    title: String,
    detail: String,
    is_good: bool,
    url: String,
}

/// Another page of the console.
struct Other {
    icon: &'static str,
    title: String,
    detail: String,
    url: String,
}

impl Home<'_> {
    fn states(&self) -> Vec<State> {
        let (texts, safety) = (self.page.texts, &self.safety);
        let state =
            |title, detail, is_good, path: AccountPage| State { title, detail, is_good, url: self.console.url(path) };
        let mut states = Vec::new();
        if self.offers_passkeys {
            let detail = match safety.passkeys {
                0 => texts.get("passkeys-off"),
                count => texts.with("passkeys-count", "count", count),
            };
            let (title, is_good) = (texts.get("passkeys-title"), safety.passkeys > 0);
            states.push(state(title, detail, is_good, AccountPage::Passkeys));
        }
        if self.offers_authenticator {
            let is_on = safety.authenticator_since.is_some();
            let detail = if is_on { texts.get("authenticator-on") } else { texts.get("authenticator-off") };
            // A passkey is two factors: with one, no app is needed.
            let (title, is_good) = (texts.get("authenticator-title"), is_on || safety.passkeys > 0);
            states.push(state(title, detail, is_good, AccountPage::Authenticator));
        }
        if let Some(left) = safety.codes_left {
            let (title, detail) = (texts.get("codes-title"), texts.with("codes-count", "count", left));
            states.push(state(title, detail, left >= FEW_CODES, AccountPage::RecoveryCodes));
        }
        let detail = match &safety.primary {
            None => texts.get("addresses-none"),
            Some(held) if held.is_verified() => shown(&held.value),
            Some(_) => texts.get("addresses-not-proved"),
        };
        let is_proved = safety.primary.as_ref().is_some_and(Address::is_verified);
        states.push(state(texts.get("addresses-title"), detail, is_proved, AccountPage::Addresses));
        states
    }

    /// The next step: text, link and button.
    fn next(&self) -> Option<(String, String, String)> {
        let texts = self.page.texts;
        let (what, path, go) = match self.step {
            Step::Address => (texts.get("next-address"), AccountPage::Addresses, texts.get("next-address-go")),
            Step::Passkey => (texts.get("next-passkey"), AccountPage::Passkeys, texts.get("passkeys-add")),
            Step::Authenticator => {
                (texts.get("next-authenticator"), AccountPage::Authenticator, texts.get("authenticator-set-up"))
            }
            Step::Codes => (texts.get("codes-low"), AccountPage::RecoveryCodes, texts.get("codes-make")),
            Step::Nothing => return None,
        };
        Some((what, self.console.url(path), go))
    }

    fn others(&self) -> Vec<Other> {
        let texts = self.page.texts;
        let other = |section: &Section| {
            let (detail, url) = (section.detail(texts)?, self.console.url(section.page()));
            Some(Other { icon: section.icon(), title: section.name(texts), detail, url })
        };
        Section::ALL.iter().filter_map(other).collect()
    }
}
