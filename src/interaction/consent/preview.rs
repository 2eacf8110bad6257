//! Samples.

use super::view::{AskedScope, Consent};
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let scope = |name, is_new| AskedScope { name, description: None, is_new, is_marked: false };
    let own =
        AskedScope { name: "cargo:write", description: Some("Book cargo in your name"), is_new: true, is_marked: true };
    let sample = |state, scopes, claims: &[&str], offline_days| {
        let view = Consent {
            page: stage.page(),
            action: "",
            csrf: "sample",
            application: stage.application(),
            person: stage.person(),
            switch_url: Some(""),
            scopes,
            claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
            offline_days,
        };
        stage.sample("interaction/consent/page.html", ("consent", state), &view)
    };
    let all = ["openid", "profile", "email", "address", "phone", "account"].map(|name| scope(name, false));
    vec![
        sample("empty", vec![scope("openid", false)], &[], None),
        sample("filled", all.into(), &["birthdate", "zoneinfo"], Some(30)),
        sample("new", vec![scope("openid", false), scope("email", true), own], &[], None),
    ]
}
