//! Samples.

use super::view::Security;
use crate::account::preview::{bare, console, kept, means};
use crate::account::safety::Safety;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let view =
        |safety: &Safety| Security::of(stage.console_page(), console(stage, Section::Security), safety, means(stage));
    let sample = |state, view: Security<'_>| stage.sample("account/security.html", ("security", state), &view);
    let without_password = Safety { password_changed_at: None, ..kept(stage, 9) };
    vec![
        sample("empty", view(&bare(stage))),
        sample("filled", view(&kept(stage, 9))),
        sample("changed", Security { is_changed: true, ..view(&bare(stage)) }),
        sample("without-password", Security { is_without_password: true, ..view(&without_password) }),
    ]
}
