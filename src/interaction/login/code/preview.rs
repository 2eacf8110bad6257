//! Samples.

use super::view::{Problem, SecondFactor};
use crate::interaction::login::passkey::view::Offer;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, (is_recovery, asks_code): (bool, bool), problem: Option<Problem>| {
        let view = SecondFactor {
            page: stage.page(),
            action: "",
            csrf: "sample",
            application: Some(stage.application()),
            person: stage.person(),
            is_recovery,
            asks_code,
            passkey: (!is_recovery).then(|| Offer::sample(problem.is_none())),
            has_authenticator: asks_code,
            other_url: Some(""),
            sign_in_url: None,
            problem,
        };
        stage.sample("interaction/login/code.html", ("second-factor", state), &view)
    };
    vec![
        sample("filled", (false, true), None),
        sample("error", (false, true), Some(Problem::Wrong)),
        sample("throttled", (false, true), Some(Problem::Throttled { seconds: 95 })),
        sample("recovery", (true, true), None),
        sample("recovery-error", (true, true), Some(Problem::Wrong)),
        sample("passkey", (false, false), None),
    ]
}
