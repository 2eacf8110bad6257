//! Samples.

use super::view::NewPassword;
use crate::account::new_password::Outcome;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::model::credential::choice::Weakness;
use crate::platform::http::preview::{Sample, Stage};
use std::time::Duration;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, problem| {
        let view = NewPassword {
            page: stage.console_page(),
            console: console(stage, Section::Security),
            username: stage.cast.username,
            minimum: 12,
            problem,
        };
        stage.sample("account/password.html", ("password", state), &view)
    };
    vec![
        sample("empty", None),
        sample("wrong", Some(Outcome::Wrong)),
        sample("error", Some(Outcome::Weak(Weakness::TooShort { minimum: 12 }))),
        sample("throttled", Some(Outcome::Wait(Duration::from_secs(95)))),
        sample("stale", Some(Outcome::Stale)),
    ]
}
