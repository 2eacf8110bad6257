//! Samples.

use super::view::{ConfirmSignOut, SignedOut, StayedSignedIn};
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let confirm = |application, person| ConfirmSignOut {
        page: stage.page(),
        action: "",
        csrf: "sample",
        application,
        is_unverified: false,
        person,
    };
    let gone = |application, return_url, sign_in_url| SignedOut {
        page: stage.page(),
        is_ended: true,
        application,
        return_url,
        sign_in_url,
        frames: Vec::new(),
    };
    let stayed = StayedSignedIn { page: stage.page(), person: Some(stage.person()), home_url: "" };
    let (asks, somebody) = (Some(stage.application()), Some(stage.person()));
    let (first, second) = ("op/logout/confirm.html", "op/logout/signed_out.html");
    vec![
        stage.sample(first, ("sign-out", "empty"), &confirm(None, None)),
        stage.sample(first, ("sign-out", "filled"), &confirm(asks.clone(), somebody.clone())),
        stage.sample(
            first,
            ("sign-out", "unverified"),
            &ConfirmSignOut { is_unverified: true, ..confirm(None, somebody) },
        ),
        stage.sample(second, ("signed-out", "empty"), &gone(None, None, Some(""))),
        stage.sample(second, ("signed-out", "nothing"), &SignedOut { is_ended: false, ..gone(None, None, Some("")) }),
        stage.sample(second, ("signed-out", "filled"), &gone(asks, Some(""), None)),
        stage.sample("op/logout/stayed.html", ("stayed-signed-in", "filled"), &stayed),
    ]
}
