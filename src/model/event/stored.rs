//! A word as it stands in the database, perhaps of a release that this one does not know.

use std::fmt;

/// A closed set of words.
pub trait Word: fmt::Display + Sized {
    /// The value of a word.
    fn parse(word: &str) -> Option<Self>;
}

/// What was read: a value of this release, or the word of another one as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored<T> {
    Known(T),
    /// Kept and shown, and understood by nothing.
    Unknown(String),
}

impl<T: Word> Stored<T> {
    /// Reads a stored word.
    pub fn read(word: &str) -> Self {
        T::parse(word).map_or_else(|| Self::Unknown(word.to_owned()), Self::Known)
    }
}

impl<T: Word> From<String> for Stored<T> {
    fn from(word: String) -> Self {
        Self::read(&word)
    }
}

impl<T> Stored<T> {
    /// The value, where this release knows it.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Unknown(word) => f.write_str(word),
        }
    }
}
