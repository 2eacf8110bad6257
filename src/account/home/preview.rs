//! Samples.

use super::view::{Home, SignIn};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::platform::device::Device;
use crate::platform::http::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sign_in = |browser, system, network: &str, hours, is_here| SignIn {
        device: Device { browser, system },
        network: network.to_owned(),
        at: stage.hours_ago(hours),
        is_here,
    };
    let view = Home {
        page: stage.console_page(),
        console: console(stage, Section::Home),
        name: stage.cast.name,
        sign_ins: vec![
            sign_in("Firefox", "Linux", "192.0.2.0/24", 0, true),
            sign_in("Safari", "iPhone", "2001:db8:1234::/48", 30, false),
            sign_in("", "", "198.51.100.0/24", 200, false),
        ],
    };
    vec![stage.sample("account/home.html", ("account-home", "filled"), &view)]
}
