//! Emails about changes of what lets a person in (AUT-18).

use crate::platform::clock::{self, Time};
use crate::platform::device::Device;
use crate::platform::i18n::Texts;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    PasswordChanged,
    /// The password was removed: other ways to sign in remain.
    PasswordRemoved,
    AuthenticatorAdded,
    /// No authenticator app, and no recovery codes.
    AuthenticatorRemoved,
    PasskeyAdded {
        /// What the person calls it.
        name: String,
    },
    PasskeyRemoved {
        /// What the person called it.
        name: String,
    },
    /// New recovery codes; the old ones are of no use.
    RecoveryCodesReplaced,
    AddressAdded {
        address: String,
    },
    AddressRemoved {
        address: String,
    },
    AddressChanged {
        from: String,
        to: String,
    },
    /// An operator took every second factor away.
    FactorsReset,
}

/// What the link of such an email does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Sets a new password, which ends every session.
    Recover,
    /// Shows where the account is signed in.
    Review,
    /// Takes the change back.
    Undo,
}

impl Change {
    /// The subject; `product` is what the provider is called.
    pub(super) fn subject(&self, texts: &Texts, product: &str) -> String {
        match self {
            Self::PasswordChanged | Self::PasswordRemoved => texts.with("mail-change-password", "product", product),
            Self::AddressAdded { .. } | Self::AddressRemoved { .. } | Self::AddressChanged { .. } => {
                texts.with("mail-change-address", "product", product)
            }
            _ => texts.with("mail-change-factors", "product", product),
        }
    }

    /// What happened, in one sentence.
    pub(super) fn lead(&self, texts: &Texts) -> String {
        match self {
            Self::PasswordChanged => texts.get("mail-change-password-changed"),
            Self::PasswordRemoved => texts.get("mail-change-password-removed"),
            Self::AuthenticatorAdded => texts.get("mail-change-authenticator-added"),
            Self::AuthenticatorRemoved => texts.get("mail-change-authenticator-removed"),
            Self::PasskeyAdded { name } => texts.with("mail-change-passkey-added", "name", name),
            Self::PasskeyRemoved { name } => texts.with("mail-change-passkey-removed", "name", name),
            Self::RecoveryCodesReplaced => texts.get("mail-change-recovery-codes"),
            Self::AddressAdded { address } => texts.with("mail-change-address-added", "address", address),
            Self::AddressRemoved { address } => texts.with("mail-change-address-removed", "address", address),
            Self::AddressChanged { from, to } => texts.with_two("mail-change-address-changed", "from", from, "to", to),
            Self::FactorsReset => texts.get("mail-change-factors-reset"),
        }
    }
}

impl Way {
    /// What the link is called, and what to do when the change was somebody else's.
    pub(super) fn words(self, texts: &Texts) -> (String, String) {
        match self {
            Self::Recover => (texts.get("mail-change-recover"), texts.get("mail-change-recover-warning")),
            Self::Review => (texts.get("mail-change-review"), texts.get("mail-change-review-warning")),
            Self::Undo => (texts.get("mail-change-undo"), texts.get("mail-change-undo-warning")),
        }
    }
}

/// When, and from where.
pub(super) fn facts(texts: &Texts, at: Time, zone: Option<&str>, from: (Option<&str>, Option<&str>)) -> Vec<String> {
    let when = texts.with("mail-change-when", "time", clock::stamp_in(at, zone));
    let (Some(user_agent), Some(network)) = from else { return vec![when, texts.get("mail-change-by-operator")] };
    vec![when, texts.with_two("mail-change-from", "device", device(texts, user_agent), "network", network)]
}

/// A browser in words; one that is not known as it calls itself.
pub(super) fn device(texts: &Texts, user_agent: &str) -> String {
    let device = Device::of(user_agent);
    match (device.browser, device.system) {
        ("", "") if user_agent.is_empty() => texts.get("account-device-unknown"),
        ("", "") => user_agent.chars().take(64).collect(),
        (browser, "") => browser.to_owned(),
        ("", system) => system.to_owned(),
        (browser, system) => texts.with_two("account-device", "browser", browser, "system", system),
    }
}
