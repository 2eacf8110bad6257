//! The pages.

use crate::account::addresses::book::Refusal;
use crate::account::view::Console;
use crate::model::address::Address;
use crate::pages::page::Page;
use askama::Template;

/// `/account/addresses`. The forms post `action` (`add`, `send`, `verify`, `primary`, `remove`), `id` or `email`,
/// `code` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/addresses.html")]
pub struct Addresses<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    pub addresses: Vec<Address>,
    /// What was typed as a new one.
    pub typed: &'a str,
    /// Whether email is configured: without it nothing can be verified.
    pub has_mail: bool,
    /// Whether a primary address can be removed at all (it can't), or which one is meant by `refusal`.
    pub about: &'a str,
    /// Why nothing was changed.
    pub refusal: Option<Refusal>,
    /// The result of the previous action.
    pub done: Option<&'a str>,
}

impl Addresses<'_> {
    fn notice(&self) -> Option<String> {
        let texts = self.page.texts;
        match self.done {
            Some("sent") => Some(texts.get("addresses-sent")),
            Some("verified") => Some(texts.get("addresses-verified")),
            Some("changed") => Some(texts.get("addresses-changed")),
            _ => None,
        }
    }

    /// The reason as a sentence.
    fn problem(&self) -> Option<String> {
        let texts = self.page.texts;
        Some(match self.refusal? {
            Refusal::NotAnAddress | Refusal::WrongCode => return None,
            Refusal::TooMany => texts.get("addresses-too-many"),
            Refusal::TooManyLetters => texts.get("addresses-too-many-letters"),
            Refusal::NoMail => texts.get("addresses-no-mail"),
            Refusal::Unknown | Refusal::Stale => texts.get("addresses-stale"),
            Refusal::Taken => texts.get("addresses-taken"),
            Refusal::Unproved => texts.get("addresses-unproved"),
            Refusal::Primary => texts.get("addresses-primary-stays"),
            Refusal::OnlyWayBack => texts.get("addresses-only-way-back"),
        })
    }

    fn email_error(&self) -> String {
        match self.refusal {
            Some(Refusal::NotAnAddress) => self.page.texts.get("signup-email-wrong"),
            _ => String::new(),
        }
    }

    fn code_error(&self, address: &Address) -> String {
        match self.refusal {
            Some(Refusal::WrongCode) if self.about == address.id() => self.page.texts.get("addresses-wrong-code"),
            _ => String::new(),
        }
    }
}

/// `/account/addresses/link/{link}`: asks for the click that proves an address.
#[derive(Debug, Template)]
#[template(path = "account/address_link.html")]
pub struct AddressLink<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The URL that the form posts to; none where the link is invalid for this person.
    pub action: Option<&'a str>,
    /// Another account requested it.
    pub is_anothers: bool,
}

/// `/account/addresses/undo/{link}`: reverts a change, for the owner of the address. The form has no fields: the
/// link's secret serves as its CSRF token.
#[derive(Debug, Template)]
#[template(path = "account/address_undo.html")]
pub struct AddressUndo<'a> {
    pub page: Page<'a>,
    /// The address that would be restored; none where the link is no longer valid.
    pub address: Option<&'a str>,
    pub is_done: bool,
    /// The URL that the form posts to.
    pub action: &'a str,
    /// The next page: a new password if possible, else sign-in.
    pub next_url: &'a str,
}
