//! Samples.

use super::view::{Session, Sessions};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};
use crate::platform::device::Device;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let session = |browser, system, network: &str, hours, is_here| Session {
        id: "sample".to_owned(),
        device: Device { browser, system },
        network: network.to_owned(),
        since: stage.hours_ago(hours),
        until: stage.hours_ago(hours - 300),
        is_here,
    };
    let view = |sessions, is_done| Sessions {
        page: stage.console_page(),
        console: console(stage, Section::Sessions),
        sessions,
        is_done,
    };
    let here = || session("Firefox", "Linux", "192.0.2.0/24", 1, true);
    let others =
        [session("Safari", "iPhone", "2001:db8:1234::/48", 30, false), session("", "", "198.51.100.0/24", 200, false)];
    let sample = |state, view: Sessions<'_>| stage.sample("account/sessions.html", ("sessions", state), &view);
    vec![
        sample("one", view(vec![here()], true)),
        sample("filled", view([here()].into_iter().chain(others).collect(), false)),
    ]
}
