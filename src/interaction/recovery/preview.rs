//! Samples.

use super::view::{Ask, End, NewPassword, Problem};
use crate::model::credential::choice::Weakness;
use crate::platform::http::preview::{Sample, Stage};

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
    let password = |by_code, code, problem| NewPassword {
        page: stage.page(),
        action: "",
        csrf: "sample",
        by_code,
        code,
        minimum: 12,
        problem,
        again_url: "",
    };
    let end = |is_done| End { page: stage.page(), is_done, next_url: "" };
    let (first, second, last) =
        ("interaction/recovery/ask.html", "interaction/recovery/password.html", "interaction/recovery/end.html");
    let weak = Some(Problem::Weak(Weakness::TooShort { minimum: 12 }));
    vec![
        stage.sample(first, ("recovery", "empty"), &ask("", false)),
        stage.sample(first, ("recovery", "filled"), &ask(stage.cast.email, false)),
        stage.sample(first, ("recovery", "error"), &ask("", true)),
        stage.sample(second, ("recovery-password", "empty"), &password(true, "", None)),
        stage.sample(second, ("recovery-password", "link"), &password(false, "", None)),
        stage.sample(second, ("recovery-password", "wrong"), &password(true, "12345678", Some(Problem::WrongCode))),
        stage.sample(second, ("recovery-password", "error"), &password(true, "12345678", weak)),
        stage.sample(second, ("recovery-password", "busy"), &password(true, "12345678", Some(Problem::Busy))),
        stage.sample(last, ("recovery-end", "filled"), &end(true)),
        stage.sample(last, ("recovery-end", "over"), &end(false)),
    ]
}
