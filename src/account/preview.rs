//! What samples of the console's pages share.

use super::view::{Console, Section};
use crate::pages::preview::Stage;

/// The shell of a page of the console.
pub fn console<'a>(stage: &Stage<'a>, section: Section) -> Console<'a> {
    Console { section, person: stage.person(), csrf: "sample", base_path: stage.page.base_path }
}
