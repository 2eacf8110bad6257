//! Samples.

use super::view::{AddressLink, AddressUndo, Addresses};
use crate::account::addresses::book::Refusal;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::model::address::Address;
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let address = |value: &str, is_primary, hours: Option<i64>| Address {
        folded: value.to_owned(),
        value: value.to_owned(),
        verified_at: hours.map(|hours| stage.hours_ago(hours)),
        created_at: stage.hours_ago(900),
        is_primary,
    };
    let held = || {
        let first = address(stage.cast.email, true, Some(800));
        vec![first, address("countess@example.net", false, Some(20)), address("new@example.com", false, None)]
    };
    let list = |addresses: Vec<Address>, typed, refusal, done| Addresses {
        page: stage.console_page(),
        console: console(stage, Section::Profile),
        addresses,
        typed,
        has_mail: true,
        about: "",
        refusal,
        done,
    };
    let link = |action, is_anothers| AddressLink {
        page: stage.console_page(),
        console: console(stage, Section::Profile),
        action,
        is_anothers,
    };
    let undo = |address, is_done| AddressUndo { page: stage.page(), address, is_done, action: "", next_url: "" };
    let (all, by_link, back) = ("account/addresses.html", "account/address_link.html", "account/address_undo.html");
    vec![
        stage.sample(all, ("addresses", "empty"), &list(Vec::new(), "", None, None)),
        stage.sample(all, ("addresses", "filled"), &list(held(), "", None, Some("verified"))),
        stage.sample(all, ("addresses", "error"), &list(held(), "not an address", Some(Refusal::NotAnAddress), None)),
        stage.sample(all, ("addresses", "refused"), &list(held(), "", Some(Refusal::Taken), None)),
        stage.sample(by_link, ("address-link", "filled"), &link(Some(""), false)),
        stage.sample(by_link, ("address-link", "other"), &link(None, true)),
        stage.sample(by_link, ("address-link", "over"), &link(None, false)),
        stage.sample(back, ("address-undo", "filled"), &undo(Some(stage.cast.email), false)),
        stage.sample(back, ("address-undo", "done"), &undo(None, true)),
        stage.sample(back, ("address-undo", "over"), &undo(None, false)),
    ]
}
