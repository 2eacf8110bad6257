//! Samples.

use super::view::{Leaving, Problem};
use crate::interaction::login::passkey::view::Offer;
use crate::pages::preview::{Sample, Stage};

pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let view = |asks_code, has_authenticator: bool, problem| Leaving {
        page: stage.page(),
        person: stage.person(),
        at: stage.hours_ago(-300),
        action: "",
        csrf: "sample",
        person_id: "sample",
        proof: "sample",
        sign_in_url: "",
        asks_code,
        has_authenticator,
        passkey: (asks_code && !has_authenticator).then(|| Offer::sample(false)),
        problem,
    };
    let sample = |state, view: Leaving<'_>| stage.sample("interaction/login/leaving.html", ("leaving", state), &view);
    vec![
        sample("filled", view(false, false, None)),
        sample("code", view(true, true, None)),
        sample("passkey", view(true, false, None)),
        sample("error", view(true, true, Some(Problem::Wrong))),
        sample("throttled", view(true, true, Some(Problem::Wait { seconds: 95 }))),
    ]
}
