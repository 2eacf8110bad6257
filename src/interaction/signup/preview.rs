//! Samples.

use super::join::Problem;
use super::view::{Account, Ask, End};
use crate::model::credential::choice::Weakness;
use crate::model::user::schema::Wrong;
use crate::op::profile_form::FormField;
use crate::platform::config::Field;
use crate::platform::http::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples<'a>(stage: &Stage<'a>) -> Vec<Sample> {
    let ask =
        |email, is_wrong| Ask { page: stage.page(), action: "", csrf: "sample", email, is_wrong, sign_in_url: "" };
    let field = |field: &'a Field, is_wrong: bool| FormField {
        field,
        value: String::new(),
        theirs: None,
        wrong: (is_wrong && field.is_required).then_some(Wrong::Missing),
    };
    let fields = |is_wrong| stage.config.profile.at_sign_up().map(|own| field(own, is_wrong)).collect();
    let account = |address, (name, username), problem| Account {
        page: stage.page(),
        action: "",
        csrf: "sample",
        address,
        code: "",
        name,
        username,
        fields: fields(matches!(problem, Some(Problem::Weak(_)))),
        minimum: 12,
        problem,
        again_url: "",
    };
    let end = |is_done| End { page: stage.page(), is_done, next_url: "" };
    let typed = (stage.cast.name, stage.cast.username);
    let (first, second, last) =
        ("interaction/signup/ask.html", "interaction/signup/account.html", "interaction/signup/end.html");
    let by_link = Some(stage.cast.email);
    let weak = Some(Problem::Weak(Weakness::TooShort { minimum: 12 }));
    vec![
        stage.sample(first, ("sign-up", "empty"), &ask("", false)),
        stage.sample(first, ("sign-up", "error"), &ask(stage.cast.email, true)),
        stage.sample(second, ("sign-up-account", "empty"), &account(None, ("", ""), None)),
        stage.sample(second, ("sign-up-account", "filled"), &account(by_link, typed, None)),
        stage.sample(second, ("sign-up-account", "wrong"), &account(None, typed, Some(Problem::WrongCode))),
        stage.sample(second, ("sign-up-account", "taken"), &account(by_link, typed, Some(Problem::UsernameTaken))),
        stage.sample(second, ("sign-up-account", "error"), &account(by_link, typed, weak)),
        stage.sample(last, ("sign-up-end", "filled"), &end(true)),
        stage.sample(last, ("sign-up-end", "over"), &end(false)),
    ]
}
