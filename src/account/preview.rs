//! What samples of the console's pages share.

use super::safety::{Means, Safety};
use super::view::{Console, Section};
use crate::model::address::Address;
use crate::pages::preview::Stage;
use crate::platform::clock::Time;

/// The shell of a page of the console.
pub fn console<'a>(stage: &Stage<'a>, section: Section) -> Console<'a> {
    Console { section, person: stage.person(), csrf: "sample", base_path: stage.page.base_path }
}

/// What people can protect an account with here.
pub fn means(stage: &Stage<'_>) -> Means {
    Means::by(|feature| stage.has(feature), stage.config)
}

/// The primary address of the person, verified or not.
pub fn address(stage: &Stage<'_>, verified_at: Option<Time>) -> Address {
    let email = stage.cast.email.to_owned();
    Address { folded: email.clone(), value: email, verified_at, created_at: stage.hours_ago(900), is_primary: true }
}

/// An account with a password alone.
pub fn bare(stage: &Stage<'_>) -> Safety {
    let then = stage.hours_ago(900);
    Safety { password_changed_at: Some(then), primary: Some(address(stage, Some(then))), ..Safety::default() }
}

/// An account with every factor that is available here, and so many recovery codes.
pub fn kept(stage: &Stage<'_>, codes_left: u64) -> Safety {
    let means = means(stage);
    Safety {
        passkeys: if means.passkeys { 2 } else { 0 },
        authenticator_since: means.authenticator.then(|| stage.hours_ago(300)),
        codes_left: (means.passkeys || means.authenticator).then_some(codes_left),
        ..bare(stage)
    }
}
