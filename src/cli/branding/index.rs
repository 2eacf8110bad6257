//! The page that links every other.

use crate::pages::assets;
use crate::pages::looks::Brand;
use crate::platform::i18n::Language;
use askama::Template;

/// The table of samples, for the operator, in English only.
#[derive(Template)]
#[template(path = "cli/preview.html")]
pub(super) struct Index<'a> {
    brand: &'a Brand,
    languages: &'a [Language],
    rows: Vec<Row>,
}

/// A page in one state.
pub(super) struct Row {
    pub(super) page: String,
    pub(super) state: String,
    /// The file of each language, without its ending.
    pub(super) links: Vec<(Language, String)>,
}

impl Row {
    fn is_letter(&self) -> bool {
        self.page.starts_with("letter-")
    }
}

impl<'a> Index<'a> {
    pub(super) fn new(brand: &'a Brand, languages: &'a [Language], rows: Vec<Row>) -> Self {
        Self { brand, languages, rows }
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    fn stylesheets(&self) -> Vec<String> {
        let own = self.brand.stylesheets.iter().map(|path| format!("./static/{path}"));
        [assets::url(".", "css/app.css")].into_iter().chain(own).collect()
    }
}
