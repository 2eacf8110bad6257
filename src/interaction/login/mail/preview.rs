//! Samples.

use super::view::{Ask, ByLink, Code, Standing};
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub(in crate::interaction::login) fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let ask = |username, is_missing| Ask {
        page: stage.page(),
        action: "",
        csrf: "sample",
        username,
        is_missing,
        sign_in_url: "",
    };
    let code = |is_wrong| Code {
        page: stage.page(),
        action: "",
        csrf: "sample",
        application: Some(stage.application()),
        code: if is_wrong { "12345678" } else { "" },
        is_wrong,
        again_url: "",
        sign_in_url: "",
    };
    let link = |standing| ByLink { page: stage.page(), standing, sign_in_url: "" };
    let here = Standing::Here { action: "", csrf: "sample" };
    let (first, second, third) =
        ("interaction/login/mail_ask.html", "interaction/login/mail_code.html", "interaction/login/mail_link.html");
    vec![
        stage.sample(first, ("mail-ask", "empty"), &ask("", false)),
        stage.sample(first, ("mail-ask", "error"), &ask("", true)),
        stage.sample(second, ("mail-code", "filled"), &code(false)),
        stage.sample(second, ("mail-code", "error"), &code(true)),
        stage.sample(third, ("mail-link", "filled"), &link(here)),
        stage.sample(third, ("mail-link", "elsewhere"), &link(Standing::Elsewhere)),
        stage.sample(third, ("mail-link", "over"), &link(Standing::Over)),
    ]
}
