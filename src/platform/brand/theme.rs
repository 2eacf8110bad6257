//! Light or dark.

use crate::platform::i18n::Texts;

/// Whose light a page follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All of them, as they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word that forms, cookies and the store have.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads such a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }

    /// What people call it.
    pub fn name(self, texts: &Texts) -> String {
        match self {
            Self::System => texts.get("theme-system"),
            Self::Light => texts.get("theme-light"),
            Self::Dark => texts.get("theme-dark"),
        }
    }
}
