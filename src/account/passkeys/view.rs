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
    /// Recovery codes that are not used; none where there is nothing that they stand for.
    pub(super) codes_left: Option<u64>,
    /// What came of the last change: the word of `?done=`.
    pub(super) done: Option<&'a str>,
}

impl Passkeys<'_> {
    /// What went wrong, in words.
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

    /// What was done, in words.
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
    /// What the person calls it.
    pub(super) name: String,
    /// The mark of what keeps it.
    pub(super) mark: &'static str,
    /// Who made what keeps it; empty where nobody knows, or the name says so already.
    pub(super) maker: &'static str,
    /// Whether it may leave its device.
    pub(super) backup_eligible: bool,
    /// Whether it is bound to another name than ours.
    pub(super) is_elsewhere: bool,
    /// When it was made.
    pub(super) created_at: Time,
    /// When somebody last signed in with it.
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
