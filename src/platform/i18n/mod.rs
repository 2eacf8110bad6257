//! Every text of a page, through fluent.
//!
//! Messages live in `locales/<language>/*.ftl` and are compiled in. A page holds one [`Texts`], chosen once per
//! request; templates ask it for messages by key. A new language is a new folder and its name in `language.rs`.

mod check;
mod choose;
mod language;
mod shown;
mod territories;
#[cfg(test)]
mod tests;
mod words;

pub use language::{Language, find as find_language, languages};
pub use shown::shown;
pub use territories::{is_territory, territories};
pub use words::Words;

use fluent_templates::{Loader as _, fluent_bundle::FluentValue};
use std::{borrow::Cow, collections::HashMap, sync::Arc};
use unic_langid::{LanguageIdentifier, langid};

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation is decided per value below: left-to-right pages stay free of invisible marks.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");

/// The messages of one language.
#[derive(Clone, Debug)]
pub struct Texts {
    lang: LanguageIdentifier,
    /// The operator's own, which come first.
    words: Option<Arc<Words>>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { lang: ENGLISH, words: None }
    }
}

/// Who wishes for which languages, the strongest word first. Each is a list of tags with spaces between them, the best
/// first, and is read to a bound.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes<'a> {
    /// What the person chose on this very visit.
    pub chosen: Option<&'a str>,
    /// `ui_locales` of the application (OpenID Connect Core §3.1.2.1).
    pub ui_locales: Option<&'a str>,
    /// The setting of the person.
    pub person: Option<&'a str>,
    /// What was chosen in this browser before.
    pub cookie: Option<&'a str>,
    /// The header of that name, as it came (RFC 9110 §12.5.4).
    pub accept_language: Option<&'a str>,
    /// `i18n.default_locale`.
    pub default_locale: &'a str,
}

impl Texts {
    /// The first wish that can be met, else English.
    pub fn of(wishes: &Wishes<'_>) -> Self {
        let available: Vec<LanguageIdentifier> = LOCALES.locales().cloned().collect();
        let tags = |wish: Option<&str>| choose::ui_locales(wish.unwrap_or_default());
        let wanted = [wishes.chosen, wishes.ui_locales, wishes.person, wishes.cookie]
            .into_iter()
            .flat_map(tags)
            .chain(choose::accept_language(wishes.accept_language.unwrap_or_default()))
            .chain(wishes.default_locale.parse());
        Self { lang: choose::first_available(wanted, &available).unwrap_or(ENGLISH), words: None }
    }

    /// Chooses by `ui_locales`, then `Accept-Language`, then `default_locale`.
    pub fn choose(ui_locales: Option<&str>, accept_language: Option<&str>, default_locale: &str) -> Self {
        Self::of(&Wishes { ui_locales, accept_language, default_locale, ..Wishes::default() })
    }

    /// With the operator's own words before ours.
    #[must_use]
    pub fn with_words(mut self, words: Option<&Arc<Words>>) -> Self {
        self.words = words.cloned();
        self
    }

    /// The language tag (BCP 47), for `<html lang>`.
    pub fn lang(&self) -> String {
        self.lang.to_string()
    }

    /// The writing direction, `ltr` or `rtl`, for `<html dir>`.
    pub fn dir(&self) -> &'static str {
        if shown::is_right_to_left(self.lang.language.as_str()) { "rtl" } else { "ltr" }
    }

    /// The message named `key`; the key itself where no language has it (a test keeps that from happening).
    pub fn get(&self, key: &str) -> String {
        let own = self.words.as_ref().and_then(|words| words.format(&self.lang(), key, None));
        own.or_else(|| LOCALES.try_lookup(&self.lang, key)).unwrap_or_else(|| key.to_owned())
    }

    /// The message named `key` with one value put in.
    pub fn with(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.fill(key, HashMap::from([(Cow::from(name), self.isolated(value.argument()))]))
    }

    /// The message named `key` with two values put in.
    pub fn with_two(
        &self,
        key: &str,
        first: &'static str,
        one: impl Argument,
        second: &'static str,
        two: impl Argument,
    ) -> String {
        let values =
            [(Cow::from(first), self.isolated(one.argument())), (Cow::from(second), self.isolated(two.argument()))];
        self.fill(key, HashMap::from(values))
    }

    fn fill(&self, key: &str, values: HashMap<Cow<'static, str>, FluentValue<'static>>) -> String {
        let own = self.words.as_ref().and_then(|words| words.format(&self.lang(), key, Some(&values)));
        own.or_else(|| LOCALES.try_lookup_with_args(&self.lang, key, &values)).unwrap_or_else(|| key.to_owned())
    }

    fn isolated(&self, value: FluentValue<'static>) -> FluentValue<'static> {
        match value {
            FluentValue::String(text) => FluentValue::from(shown::isolated(&text, self.dir())),
            other => other,
        }
    }
}

/// What can stand in a message: text from elsewhere (made safe to show, see [`shown()`]) or a number, which chooses
/// its plural form.
pub trait Argument {
    /// The value as fluent takes it.
    fn argument(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn argument(&self) -> FluentValue<'static> {
        FluentValue::from(shown(self))
    }
}

impl Argument for String {
    fn argument(&self) -> FluentValue<'static> {
        self.as_str().argument()
    }
}

impl Argument for u64 {
    fn argument(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn argument(&self) -> FluentValue<'static> {
        (**self).argument()
    }
}
