//! Samples.

use super::view::NewPassword;
use crate::account::password::change::Outcome;
use crate::account::password::removal::Removal;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::model::credential::choice::Weakness;
use crate::pages::preview::{Sample, Stage};
use std::time::Duration;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, removal, problem| {
        let view = NewPassword {
            page: stage.console_page(),
            console: console(stage, Section::Security),
            username: stage.cast.username,
            removal,
            offers_passkeys: true,
            minimum: 12,
            ends_offline: true,
            problem,
        };
        stage.sample("account/password.html", ("password", state), &view)
    };
    vec![
        sample("empty", Removal::NoPasskey, None),
        sample("wrong", Removal::NoPasskey, Some(Outcome::Wrong)),
        sample("error", Removal::NoPasskey, Some(Outcome::Weak(Weakness::TooShort { minimum: 12 }))),
        sample("throttled", Removal::NoPasskey, Some(Outcome::Wait(Duration::from_secs(95)))),
        sample("may-go", Removal::Fine, None),
        sample("way-back", Removal::NoWayBack, None),
        sample("none", Removal::NoPassword, None),
        sample("stale", Removal::NoPasskey, Some(Outcome::Stale)),
    ]
}
