//! The page.

use crate::account::profile_fields::Wrong;
use crate::account::view::Console;
use crate::platform::http::page::Page;
use crate::platform::i18n::Texts;
use askama::Template;

/// `/account/profile`. The form posts each claim by its name, `version` and `csrf`.
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct Profile<'a> {
    /// The shell.
    pub page: Page<'a>,
    /// The console.
    pub console: Console<'a>,
    /// The version that the form begins from.
    pub version: i64,
    /// What can be edited, in order.
    pub fields: Vec<Field>,
    /// It was saved.
    pub is_saved: bool,
    /// Somebody else saved meanwhile: nothing was, and both values are shown.
    pub is_stale: bool,
}

/// One claim.
#[derive(Debug)]
pub struct Field {
    /// The claim's name.
    pub name: &'static str,
    /// What stands in the field.
    pub value: String,
    /// What the store holds now, where it is another.
    pub theirs: Option<String>,
    /// Why it was not taken.
    pub wrong: Option<Wrong>,
}

impl Profile<'_> {
    fn has_problem(&self) -> bool {
        self.is_stale || self.fields.iter().any(|field| field.wrong.is_some())
    }
}

impl Field {
    fn label(&self, texts: &Texts) -> String {
        match self.name {
            "name" => texts.get("profile-name"),
            "given_name" => texts.get("profile-given-name"),
            "family_name" => texts.get("profile-family-name"),
            "middle_name" => texts.get("profile-middle-name"),
            "nickname" => texts.get("profile-nickname"),
            "gender" => texts.get("profile-gender"),
            "birthdate" => texts.get("profile-birthdate"),
            "phone_number" => texts.get("profile-phone"),
            "website" => texts.get("profile-website"),
            "profile" => texts.get("profile-page"),
            "picture" => texts.get("profile-picture"),
            "zoneinfo" => texts.get("profile-zone"),
            _ => texts.get("profile-locale"),
        }
    }

    fn hint(&self, texts: &Texts) -> Option<String> {
        match self.name {
            "birthdate" => Some(texts.get("profile-birthdate-hint")),
            "zoneinfo" => Some(texts.get("profile-zone-hint")),
            "locale" => Some(texts.get("profile-locale-hint")),
            _ => None,
        }
    }

    fn problem(&self, texts: &Texts) -> String {
        match self.wrong {
            None => String::new(),
            Some(Wrong::TooLong) => texts.get("profile-too-long"),
            Some(Wrong::Characters) => texts.get("profile-characters"),
            Some(Wrong::Url) => texts.get("profile-wrong-url"),
            Some(Wrong::Date) => texts.get("profile-wrong-date"),
            Some(Wrong::Zone) => texts.get("profile-wrong-zone"),
            Some(Wrong::Locale) => texts.get("profile-wrong-locale"),
            Some(Wrong::Phone) => texts.get("profile-wrong-phone"),
        }
    }

    fn autocomplete(&self) -> &'static str {
        match self.name {
            "name" => "name",
            "given_name" => "given-name",
            "family_name" => "family-name",
            "middle_name" => "additional-name",
            "nickname" => "nickname",
            "gender" => "sex",
            "birthdate" => "bday",
            "phone_number" => "tel",
            "website" | "profile" => "url",
            "picture" => "photo",
            "locale" => "language",
            _ => "off",
        }
    }

    fn kind(&self) -> &'static str {
        match self.name {
            "phone_number" => "tel",
            "website" | "profile" | "picture" => "url",
            _ => "text",
        }
    }
}
