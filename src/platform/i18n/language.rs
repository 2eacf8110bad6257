//! The languages that pages have.

use super::LOCALES;
use fluent_templates::Loader as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// BCP 47, as its folder in `locales` is called.
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
}

const fn language(tag: &'static str, name: &'static str) -> Language {
    Language { tag, name }
}

/// Those that have a name here; which of them are there, the folders of `locales` say.
pub(super) const NAMED: &[Language] = &[
    language("en", "English"),
    language("de", "Deutsch"),
    language("es", "Español"),
    language("fr", "Français"),
    language("it", "Italiano"),
    language("nl", "Nederlands"),
    language("pl", "Polski"),
    language("pt-BR", "Português (Brasil)"),
    language("uk", "Українська"),
    language("ar", "العربية"),
    language("zh-Hans", "简体中文"),
    language("ja", "日本語"),
];

impl Language {
    /// `ltr` or `rtl`.
    pub fn dir(&self) -> &'static str {
        let first = self.tag.split('-').next().unwrap_or_default();
        if super::shown::is_right_to_left(first) { "rtl" } else { "ltr" }
    }
}

/// Every language that pages can be had in, in the order in which they are offered.
pub fn languages() -> Vec<Language> {
    let has = |language: &&Language| LOCALES.locales().any(|locale| *locale == language.tag);
    NAMED.iter().filter(has).copied().collect()
}

/// The language of a tag, written as we write it.
pub fn find(tag: &str) -> Option<Language> {
    languages().into_iter().find(|language| language.tag == tag)
}
