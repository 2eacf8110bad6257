//! Samples.

use super::join::Fault;
use super::view::{Account, Ask, End};
use crate::model::credential::choice::Weakness;
use crate::model::user::schema::Wrong;
use crate::op::proof_by_mail::Faults;
use crate::pages::preview::{Sample, Stage};
use crate::pages::profile_form::FormField;
use crate::platform::config::Field;

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
    let account = |state, address, (name, username), own: Vec<Fault>, code| {
        let is_wrong = own.iter().any(|fault| matches!(fault, Fault::Weak(_)));
        let view = Account {
            page: stage.page(),
            action: "",
            csrf: "sample",
            address,
            code: if code { "12345678" } else { "" },
            name,
            username,
            fields: stage.config.profile.at_sign_up().map(|own| field(own, is_wrong)).collect(),
            minimum: 12,
            faults: &Faults { code, ..Faults::of(own) },
            again_url: "",
        };
        stage.sample("interaction/signup/account.html", ("sign-up-account", state), &view)
    };
    let end = |is_done| End { page: stage.page(), is_done, next_url: "" };
    let (typed, none) = ((stage.cast.name, stage.cast.username), ("", ""));
    let (first, last) = ("interaction/signup/ask.html", "interaction/signup/end.html");
    let by_link = Some(stage.cast.email);
    let weak = Fault::Weak(Weakness::TooShort { minimum: 12 });
    vec![
        stage.sample(first, ("sign-up", "empty"), &ask("", false)),
        stage.sample(first, ("sign-up", "error"), &ask(stage.cast.email, true)),
        account("empty", None, none, vec![], false),
        account("filled", by_link, typed, vec![], false),
        account("wrong", None, typed, vec![], true),
        account("taken", by_link, typed, vec![Fault::UsernameTaken], false),
        account("error", None, typed, vec![Fault::UsernameTaken, weak], true),
        stage.sample(last, ("sign-up-end", "filled"), &end(true)),
        stage.sample(last, ("sign-up-end", "over"), &end(false)),
    ]
}
