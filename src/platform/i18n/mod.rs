//! Every text of a page, through fluent.
//!
//! Messages live in `locales/<language>/*.ftl` and are compiled in. A page holds one [`Texts`], chosen once per
//! request; templates ask it for messages by key. A new language is a new folder, nothing else.

mod choose;
mod shown;
#[cfg(test)]
mod tests;

pub use shown::shown;

use fluent_templates::{Loader as _, fluent_bundle::FluentValue};
use std::{borrow::Cow, collections::HashMap};
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
}

impl Default for Texts {
    fn default() -> Self {
        Self { lang: ENGLISH }
    }
}

impl Texts {
    /// Chooses by `ui_locales` (OpenID Connect Core §3.1.2.1: space separated, in order of preference), then by
    /// `Accept-Language` (RFC 9110 §12.5.4), then `default_locale`, then English. Reads a bounded part of each.
    pub fn choose(ui_locales: Option<&str>, accept_language: Option<&str>, default_locale: &str) -> Self {
        let available: Vec<LanguageIdentifier> = LOCALES.locales().cloned().collect();
        let wanted = choose::ui_locales(ui_locales.unwrap_or_default())
            .into_iter()
            .chain(choose::accept_language(accept_language.unwrap_or_default()))
            .chain(default_locale.parse());
        Self { lang: choose::first_available(wanted, &available).unwrap_or(ENGLISH) }
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
        LOCALES.try_lookup(&self.lang, key).unwrap_or_else(|| key.to_owned())
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
        LOCALES.try_lookup_with_args(&self.lang, key, &values).unwrap_or_else(|| key.to_owned())
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
