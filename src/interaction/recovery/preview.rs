//! Samples.

use super::view::{Ask, End, NewPassword};
use crate::model::credential::choice::Weakness;
use crate::op::proof_by_mail::Faults;
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let ask = |username, is_missing| Ask {
        page: stage.page(),
        action: "",
        csrf: "sample",
        username,
        is_missing,
        sign_in_url: "",
    };
    let password = |state, address, code, faults: Faults<Weakness>| {
        let view = NewPassword {
            page: stage.page(),
            action: "",
            csrf: "sample",
            address,
            code,
            minimum: 12,
            faults: &faults,
            again_url: "",
        };
        stage.sample("interaction/recovery/password.html", ("recovery-password", state), &view)
    };
    let end = |is_done| End { page: stage.page(), is_done, next_url: "" };
    let (first, last) = ("interaction/recovery/ask.html", "interaction/recovery/end.html");
    let weak = Weakness::TooShort { minimum: 12 };
    let by_link = Some(stage.cast.email);
    vec![
        stage.sample(first, ("recovery", "empty"), &ask("", false)),
        stage.sample(first, ("recovery", "filled"), &ask(stage.cast.email, false)),
        stage.sample(first, ("recovery", "error"), &ask("", true)),
        password("empty", None, "", Faults::default()),
        password("link", by_link, "", Faults::default()),
        password("wrong", None, "12345678", Faults { code: true, ..Faults::default() }),
        password("error", None, "12345678", Faults { code: true, ..Faults::of(vec![weak]) }),
        password("link-error", by_link, "", Faults::of(vec![weak])),
        password("busy", None, "12345678", Faults::busy()),
        stage.sample(last, ("recovery-end", "filled"), &end(true)),
        stage.sample(last, ("recovery-end", "over"), &end(false)),
    ]
}
