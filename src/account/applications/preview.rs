//! Samples.

use super::view::{Applications, Entry};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let texts = stage.page.texts;
    let entry = |name: &str, host: &str, is_unverified| Entry {
        client_id: "sample".to_owned(),
        name: name.to_owned(),
        host: host.to_owned(),
        is_unverified,
        logo: None,
        permissions: vec![texts.get("scope-openid"), texts.get("scope-email")],
        since: stage.hours_ago(700),
        used_at: (!is_unverified).then(|| stage.hours_ago(2)),
        start_url: (!is_unverified).then(String::new),
    };
    let cast = stage.cast;
    let filled = vec![entry(cast.application, cast.host, false), entry(cast.other_application, "other.example", true)];
    let sample = |state, applications, is_done| {
        let view = Applications {
            page: stage.console_page(),
            console: console(stage, Section::Applications),
            applications,
            is_done,
        };
        stage.sample("account/applications.html", ("applications", state), &view)
    };
    vec![sample("empty", Vec::new(), true), sample("filled", filled, false)]
}
