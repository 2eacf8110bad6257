//! Samples.

use super::passkey::view::Offer;
use super::view::{Account, Accounts, Problem, SignIn};
use crate::pages::parts::{Application, Person};
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let mut samples = sign_in(stage);
    let account = |name, identifier| Account { handle: "sample", person: Person { name, identifier, picture: None } };
    let accounts = Accounts {
        page: stage.page(),
        action: "",
        csrf: "sample",
        application: stage.application(),
        accounts: vec![account(stage.cast.name, stage.cast.username), account("Grace Hopper", "grace")],
        other_url: "",
    };
    samples.push(stage.sample("interaction/login/accounts.html", ("accounts", "filled"), &accounts));
    samples.extend(super::code::preview::samples(stage));
    samples.extend(super::mail::preview::samples(stage));
    samples.extend(super::leaving::preview::samples(stage));
    samples.extend(super::lost::preview::samples(stage));
    samples
}

fn sign_in(stage: &Stage<'_>) -> Vec<Sample> {
    let view = |username, application, is_known: bool, problem| SignIn {
        page: stage.page(),
        action: "",
        csrf: "sample",
        application,
        username,
        person: is_known.then(|| stage.person()),
        switch_url: is_known.then_some(""),
        problem,
        recovery_url: Some(""),
        mail_url: Some(""),
        signup_url: Some(""),
        passkey: Some(Offer::sample(true)),
        lost_url: Some(""),
    };
    let asks = || Some(stage.application());
    let name = stage.cast.username;
    let unverified = Application { is_unverified: true, policy_uri: None, tos_uri: None, ..stage.application() };
    let failed = Offer { problem: stage.page.texts.get("passkey-failed"), ..Offer::sample(true) };
    let sample = |state, view: SignIn<'_>| stage.sample("interaction/login/page.html", ("sign-in", state), &view);
    vec![
        sample("empty", view("", None, false, None)),
        sample("filled", view(name, asks(), false, None)),
        sample("unverified", view(name, Some(unverified), false, None)),
        sample("known", view(name, asks(), true, None)),
        sample("error", view(name, asks(), false, Some(Problem::WrongCredentials))),
        sample("passkey-failed", SignIn { passkey: Some(failed), ..view(name, asks(), false, None) }),
        sample("missing", view("", asks(), false, Some(Problem::UsernameMissing))),
        sample("throttled", view(name, asks(), false, Some(Problem::Throttled { seconds: 95 }))),
        sample("busy", view(name, asks(), false, Some(Problem::Busy))),
    ]
}
