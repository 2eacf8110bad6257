//! Samples.

use super::view::AppearancePage;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let sample = |state, language: &str, is_saved, is_stale| {
        let view = AppearancePage {
            page: stage.console_page(),
            console: console(stage, Section::Appearance),
            version: 1,
            language: language.to_owned(),
            theme: stage.page.theme.as_str(),
            is_saved,
            is_stale,
        };
        stage.sample("account/appearance.html", ("appearance", state), &view)
    };
    let language = stage.page.texts.lang();
    vec![sample("empty", "", false, false), sample("filled", &language, true, false), sample("stale", "", false, true)]
}
