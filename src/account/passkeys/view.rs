//! The page.

use crate::account::view::Console;
use crate::model::credential::passkey::Passkey;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use askama::Template;

/// `/account/security/passkeys`. Its forms post `action`, `passkey`, `name`, `credential` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/passkeys.html")]
pub(super) struct Passkeys<'a> {
    pub(super) page: Page<'a>,
    pub(super) console: Console<'a>,
    /// The URL that the forms post to.
    pub(super) action: &'a str,
    /// Where the script learns what to ask the device for.
    pub(super) options_url: &'a str,
    /// The keys, oldest first.
    pub(super) passkeys: Vec<Row>,
    /// Unused recovery codes; none where there is no second factor.
    pub(super) codes_left: Option<u64>,
    /// The result of the last change, from `?done=`.
    pub(super) done: Option<&'a str>,
}

impl Passkeys<'_> {
    /// The error as a sentence.
    fn problem(&self) -> String {
        let texts = self.page.texts;
        match self.done {
            Some("expired") => texts.get("passkey-expired"),
            Some("unverified") => texts.get("passkey-unverified"),
            Some("failed") => texts.get("passkeys-failed"),
            Some("known") => texts.get("passkey-known"),
            Some("many") => texts.get("passkeys-many"),
            _ => String::new(),
        }
    }

    fn is_last(&self) -> bool {
        self.done == Some("last")
    }

    /// The success as a sentence.
    fn success(&self) -> String {
        let texts = self.page.texts;
        match self.done {
            Some("added") => texts.get("passkeys-added"),
            Some("renamed") => texts.get("passkeys-renamed"),
            Some("removed") => texts.get("passkeys-removed"),
            _ => String::new(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    /// The name that the person gave it.
    pub(super) name: String,
    /// The icon of its authenticator.
    pub(super) mark: &'static str,
    /// The maker of its authenticator; empty where unknown or already in the name.
    pub(super) maker: &'static str,
    /// Whether it can be synchronised.
    pub(super) backup_eligible: bool,
    /// Whether it is bound to another name than ours.
    pub(super) is_elsewhere: bool,
    /// When it was made.
    pub(super) created_at: Time,
    /// When it was last used.
    pub(super) last_used_at: Option<Time>,
}

impl Row {
    /// A key, beside the name that keys are bound to here.
    pub(super) fn of(passkey: Passkey, rp_id: &str) -> Self {
        let maker = passkey.maker();
        let guess = if passkey.backup_eligible { "vault" } else { "passkey" };
        Self {
            mark: maker.map_or(guess, |maker| maker.kind.mark()),
            maker: maker.map(|maker| maker.name).filter(|name| *name != passkey.name).unwrap_or_default(),
            is_elsewhere: passkey.rp_id != rp_id,
            id: passkey.id,
            name: passkey.name,
            backup_eligible: passkey.backup_eligible,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}
