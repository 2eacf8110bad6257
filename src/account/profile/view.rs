//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::pages::profile_form::FormField;
use crate::platform::picture::Refusal;
use askama::Template;

/// `/account/profile`. The form posts each claim by its name, `version` and `csrf`; that of the picture is a multipart form
/// with the file `picture`, `action` (`set`, `remove`) and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct Profile<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// The version on which the form is based.
    pub version: i64,
    /// What can be edited and is seen at once, in order.
    pub fields: Vec<FormField<'a>>,
    /// What can be edited besides, folded.
    pub more: Vec<FormField<'a>>,
    /// What only operators change.
    pub kept: Vec<FormField<'a>>,
    /// Whether a picture can be uploaded.
    pub takes_picture: bool,
    /// Why the picture was not taken.
    pub refused: Option<Refusal>,
    pub is_saved: bool,
    /// Somebody else saved meanwhile: nothing was saved, and both values are shown.
    pub is_stale: bool,
}

impl Profile<'_> {
    fn has_problem(&self) -> bool {
        self.is_stale
            || self.refused.is_some()
            || self.fields.iter().chain(&self.more).any(|field| field.wrong.is_some())
    }

    fn picture_error(&self) -> String {
        match self.refused {
            None => String::new(),
            Some(Refusal::TooLong) => self.page.texts.get("picture-too-long"),
            Some(Refusal::TooManyPixels) => self.page.texts.get("picture-too-many"),
            Some(Refusal::Animated) => self.page.texts.get("picture-animated"),
            Some(Refusal::NotAPicture) => self.page.texts.get("picture-wrong"),
        }
    }

    /// A fault is never folded away.
    fn is_unfolded(&self) -> bool {
        self.more.iter().any(FormField::is_urgent)
    }
}
