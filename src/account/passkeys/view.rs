//! The page.

use crate::account::view::Console;
use crate::model::credential::passkey::Passkey;
use crate::platform::http::page::Page;
use askama::Template;

/// `/account/security/passkeys`. Its forms post `action`, `passkey`, `name`, `credential` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/passkeys.html")]
pub(super) struct Passkeys<'a> {
    /// The shell.
    pub(super) page: Page<'a>,
    /// The console.
    pub(super) console: Console<'a>,
    /// The URL that the forms post to.
    pub(super) action: &'a str,
    /// The keys, oldest first.
    pub(super) passkeys: &'a [Passkey],
    /// The name that keys are bound to here.
    pub(super) rp_id: &'a str,
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

    fn is_elsewhere(&self, passkey: &Passkey) -> bool {
        passkey.rp_id != self.rp_id
    }

    /// The mark of what keeps the key.
    fn mark(&self, passkey: &Passkey) -> &'static str {
        let guess = if passkey.backup_eligible { "vault" } else { "passkey" };
        passkey.maker().map_or(guess, |maker| maker.kind.mark())
    }

    /// Who made what keeps it, unless the name says so already.
    fn maker(&self, passkey: &Passkey) -> &'static str {
        passkey.maker().map(|maker| maker.name).filter(|name| *name != passkey.name).unwrap_or_default()
    }
}
