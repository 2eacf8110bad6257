//! Samples.

use super::view::{Home, SignIn};
use crate::account::preview::console;
use crate::account::safety::{Means, Safety};
use crate::account::view::Section;
use crate::model::address::Address;
use crate::pages::preview::{Sample, Stage};
use crate::platform::device::Device;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sign_in = |browser, system, network: &str, hours, is_here| SignIn {
        device: Device { browser, system },
        network: network.to_owned(),
        at: stage.hours_ago(hours),
        is_here,
    };
    let address = |verified_at| Address {
        folded: stage.cast.email.to_owned(),
        value: stage.cast.email.to_owned(),
        verified_at,
        created_at: stage.hours_ago(900),
        is_primary: true,
    };
    let bare = Safety {
        password_changed_at: Some(stage.hours_ago(900)),
        primary: Some(address(Some(stage.hours_ago(900)))),
        ..Safety::default()
    };
    let kept = |codes_left| Safety {
        passkeys: 2,
        authenticator_since: Some(stage.hours_ago(300)),
        codes_left: Some(codes_left),
        ..bare.clone()
    };
    let means = Means { passkeys: true, authenticator: true, mail: true };
    let view = |safety: Safety| Home {
        page: stage.console_page(),
        console: console(stage, Section::Home),
        name: stage.cast.name,
        step: safety.next(means),
        safety,
        offers_passkeys: true,
        offers_authenticator: true,
        sign_ins: vec![
            sign_in("Firefox", "Linux", "192.0.2.0/24", 0, true),
            sign_in("Safari", "iPhone", "2001:db8:1234::/48", 30, false),
            sign_in("", "", "198.51.100.0/24", 200, false),
        ],
    };
    let sample = |state, safety| stage.sample("account/home.html", ("account-home", state), &view(safety));
    vec![
        sample("filled", bare.clone()),
        sample("unproved", Safety { primary: Some(address(None)), ..bare.clone() }),
        sample("codes", kept(1)),
        sample("safe", kept(9)),
    ]
}
