//! Samples.

use super::view::{Entry, Security};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let texts = stage.page.texts;
    let view = |is_changed, is_without_password| Security {
        page: stage.console_page(),
        console: console(stage, Section::Security),
        entries: vec![
            Entry {
                title: texts.get("security-password"),
                detail: texts.get("security-password-changed"),
                at: Some(stage.hours_ago(500)),
                url: String::new(),
                action: texts.get("security-change"),
            },
            Entry {
                title: texts.get("authenticator-title"),
                detail: texts.get("authenticator-off"),
                at: None,
                url: String::new(),
                action: texts.get("authenticator-set-up"),
            },
        ],
        is_changed,
        is_without_password,
    };
    let sample = |state, view: Security<'_>| stage.sample("account/security.html", ("security", state), &view);
    vec![
        sample("filled", view(false, false)),
        sample("changed", view(true, false)),
        sample("without-password", view(false, true)),
    ]
}
