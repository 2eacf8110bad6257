//! Samples.

use super::view::{Leaving, Problem};
use crate::platform::http::preview::{Sample, Stage};

/// The page in its states.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let view = |asks_code, problem| Leaving {
        page: stage.page(),
        person: stage.person(),
        at: stage.hours_ago(-300),
        action: "",
        csrf: "sample",
        person_id: "sample",
        proof: "sample",
        sign_in_url: "",
        asks_code,
        problem,
    };
    let template = "interaction/login/leaving.html";
    vec![
        stage.sample(template, ("leaving", "empty"), &view(false, None)),
        stage.sample(template, ("leaving", "filled"), &view(true, None)),
        stage.sample(template, ("leaving", "error"), &view(true, Some(Problem::Wrong))),
    ]
}
