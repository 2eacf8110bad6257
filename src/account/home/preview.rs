//! Samples.

use super::view::{Home, SignIn};
use crate::account::preview::{address, bare, console, kept, means};
use crate::account::safety::Safety;
use crate::account::view::Section;
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
    let means = means(stage);
    let view = |safety: Safety| Home {
        page: stage.console_page(),
        console: console(stage, Section::Home),
        name: stage.cast.name,
        step: safety.next(means),
        safety,
        offers_passkeys: means.passkeys,
        offers_authenticator: means.authenticator,
        sign_ins: vec![
            sign_in("Firefox", "Linux", "192.0.2.0/24", 0, true),
            sign_in("Safari", "iPhone", "2001:db8:1234::/48", 30, false),
            sign_in("", "", "198.51.100.0/24", 200, false),
        ],
    };
    let sample = |state, safety| stage.sample("account/home.html", ("account-home", state), &view(safety));
    vec![
        sample("filled", bare(stage)),
        sample("unproved", Safety { primary: Some(address(stage, None)), ..bare(stage) }),
        sample("codes", kept(stage, 1)),
        sample("safe", kept(stage, 9)),
    ]
}
