//! Samples.

use super::view::{Lost, Problem};
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, username, problem| {
        let view = Lost {
            page: stage.page(),
            action: "",
            csrf: "sample",
            application: Some(stage.application()),
            username,
            sign_in_url: "",
            problem,
        };
        stage.sample("interaction/login/lost.html", ("passkey-lost", state), &view)
    };
    vec![
        sample("empty", "", None),
        sample("error", stage.cast.username, Some(Problem::Wrong)),
        sample("throttled", stage.cast.username, Some(Problem::Throttled { seconds: 95 })),
    ]
}
