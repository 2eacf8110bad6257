//! Samples.

use super::view::YourData;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let data = YourData { page: stage.console_page(), console: console(stage, Section::Data) };
    vec![stage.sample("account/export.html", ("data", "filled"), &data)]
}
