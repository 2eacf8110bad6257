//! Samples.

use super::view::{Asked, Delete};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let delete = |is_wrong| Delete {
        page: stage.console_page(),
        console: console(stage, Section::Data),
        confirm: stage.cast.username,
        days: 30,
        is_wrong,
    };
    let left = Asked { page: stage.page(), at: stage.hours_ago(-720), sign_in_url: String::new() };
    vec![
        stage.sample("account/deletion.html", ("delete", "filled"), &delete(false)),
        stage.sample("account/deletion.html", ("delete", "error"), &delete(true)),
        stage.sample("account/deletion_asked.html", ("left", "filled"), &left),
    ]
}
