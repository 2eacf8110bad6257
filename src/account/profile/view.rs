//! The page.

use crate::account::view::Console;
use crate::op::profile_form::FormField;
use crate::platform::http::page::Page;
use askama::Template;

/// `/account/profile`. The form posts each claim by its name, `version` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct Profile<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The version on which the form is based.
    pub version: i64,
    /// What can be edited, in order.
    pub fields: Vec<FormField<'a>>,
    /// What only operators change.
    pub kept: Vec<FormField<'a>>,
    pub is_saved: bool,
    /// Somebody else saved meanwhile: nothing was saved, and both values are shown.
    pub is_stale: bool,
}

impl Profile<'_> {
    fn has_problem(&self) -> bool {
        self.is_stale || self.fields.iter().any(|field| field.wrong.is_some())
    }
}
