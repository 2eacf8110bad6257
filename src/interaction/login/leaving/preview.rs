//! Samples.

use super::view::Leaving;
use crate::platform::http::preview::{Sample, Stage};

/// The page.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let view = Leaving {
        page: stage.page(),
        person: stage.person(),
        at: stage.hours_ago(-300),
        action: "",
        csrf: "sample",
        person_id: "sample",
        proof: "sample",
        sign_in_url: "",
        asks_code: false,
        problem: None,
    };
    vec![stage.sample("interaction/login/leaving.html", ("leaving", "filled"), &view)]
}
