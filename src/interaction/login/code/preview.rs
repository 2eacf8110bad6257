//! Samples.

use super::view::{Problem, SecondFactor};
use crate::platform::http::preview::{Sample, Stage};

/// The page in its states.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, is_recovery, problem| {
        let view = SecondFactor {
            page: stage.page(),
            action: "",
            csrf: "sample",
            application: Some(stage.application()),
            person: stage.person(),
            is_recovery,
            other_url: "",
            problem,
        };
        stage.sample("interaction/login/code.html", ("second-factor", state), &view)
    };
    vec![
        sample("filled", false, None),
        sample("error", false, Some(Problem::Wrong)),
        sample("throttled", false, Some(Problem::Throttled { seconds: 95 })),
        sample("recovery", true, None),
        sample("recovery-error", true, Some(Problem::Wrong)),
    ]
}
