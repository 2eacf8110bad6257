//! How a written value becomes a typed one. Environment and flags carry words only, so every type reads words too.

use crate::platform::secret::Secret;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    Text(String),
    /// From the environment or a flag: text, number, boolean or a list with commas, as the key wants.
    Word(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Raw>),
    Table,
    Other,
}

impl From<&DeValue<'_>> for Raw {
    fn from(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).map_or(Self::Other, Self::Integer)
            }
            DeValue::Boolean(value) => Self::Boolean(*value),
            DeValue::Array(items) => Self::List(items.iter().map(|item| Self::from(item.get_ref())).collect()),
            DeValue::Table(_) => Self::Table,
            DeValue::Float(_) | DeValue::Datetime(_) => Self::Other,
        }
    }
}

impl Raw {
    /// For error messages: what stands there.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Word(text) => format!("`{}`", text.escape_debug()),
            Self::Integer(number) => format!("`{number}`"),
            Self::Boolean(value) => format!("`{value}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Table => "a section".to_owned(),
            Self::Other => "a value of another type".to_owned(),
        }
    }

    /// The text, for types that are written as strings.
    pub(super) fn text(&self, rule: &str) -> Result<&str, String> {
        match self {
            Self::Text(text) | Self::Word(text) => Ok(text.trim()),
            _ => Err(rule.to_owned()),
        }
    }
}

/// A type that a key may have. Errors are the rule: they continue the sentence "`key` …".
pub(super) trait Setting: Sized {
    /// Whether the value must stay out of error messages.
    const SECRET: bool = false;
    /// Whether the word `off` stands for "none".
    const CAN_BE_OFF: bool = false;
    fn parse(raw: &Raw) -> Result<Self, String>;
    /// The value with each relative path that it holds below `base`.
    fn below(self, base: &Path) -> Self {
        let _ = base;
        self
    }
    /// The paths that it holds.
    fn paths(&self) -> Vec<&Path> {
        Vec::new()
    }
}

/// For types that are words of a fixed list.
pub(super) fn one_of<T: Copy>(raw: &Raw, words: &[(&str, T)]) -> Result<T, String> {
    let listed: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let rule = format!("must be one of {}", listed.join(", "));
    let text = raw.text(&rule)?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or(rule)
}

impl<T: Setting> Setting for Option<T> {
    const SECRET: bool = T::SECRET;
    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(text) | Raw::Word(text) if T::CAN_BE_OFF && text == "off" => Ok(None),
            _ => T::parse(raw).map(Some),
        }
    }

    fn below(self, base: &Path) -> Self {
        self.map(|value| value.below(base))
    }

    fn paths(&self) -> Vec<&Path> {
        self.as_ref().map(T::paths).unwrap_or_default()
    }
}

impl<T: Setting> Setting for Vec<T> {
    const SECRET: bool = T::SECRET;
    fn parse(raw: &Raw) -> Result<Self, String> {
        let each = |rule| format!("must be a list; each item {rule}");
        match raw {
            Raw::List(items) => items.iter().map(T::parse).collect::<Result<_, _>>().map_err(each),
            Raw::Word(text) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                items.map(|item| T::parse(&Raw::Word(item.to_owned()))).collect::<Result<_, _>>().map_err(each)
            }
            _ => Err("must be a list: `[\"…\", \"…\"]`".to_owned()),
        }
    }

    fn below(self, base: &Path) -> Self {
        self.into_iter().map(|item| item.below(base)).collect()
    }

    fn paths(&self) -> Vec<&Path> {
        self.iter().flat_map(T::paths).collect()
    }
}

impl Setting for bool {
    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Boolean(value) => Ok(*value),
            Raw::Word(text) if text == "true" => Ok(true),
            Raw::Word(text) if text == "false" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        }
    }
}

impl Setting for u32 {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let number = match raw {
            Raw::Integer(number) => Self::try_from(*number).ok(),
            Raw::Word(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("must be a whole number from 0 to {}", Self::MAX))
    }
}

impl Setting for String {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let text = raw.text("must be a string in quotes")?;
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err("must be a non-empty string without control characters".to_owned());
        }
        Ok(text.to_owned())
    }
}

impl Setting for Secret<String> {
    const SECRET: bool = true;
    fn parse(raw: &Raw) -> Result<Self, String> {
        String::parse(raw).map(Self::new)
    }
}

impl Setting for PathBuf {
    fn parse(raw: &Raw) -> Result<Self, String> {
        String::parse(raw).map(Self::from)
    }

    fn below(self, base: &Path) -> Self {
        base.join(self)
    }

    fn paths(&self) -> Vec<&Path> {
        vec![self]
    }
}

impl Setting for SocketAddr {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be an address and a port, such as `127.0.0.1:8080` or `[::]:8443`";
        raw.text(rule)?.parse().map_err(|_| rule.to_owned())
    }
}

impl Setting for IpNet {
    /// An address alone stands for itself.
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be an address or a network, such as `10.0.0.0/8` or `fd00::/8`";
        let text = raw.text(rule)?;
        let address = || text.parse::<IpAddr>().map(Self::from);
        text.parse().or_else(|_| address()).map_err(|_| rule.to_owned())
    }
}
