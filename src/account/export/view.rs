//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use askama::Template;

/// `/account/data`. The form posts `csrf`, and is answered with a file.
#[derive(Debug, Template)]
#[template(path = "account/export.html")]
pub struct YourData<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
}
