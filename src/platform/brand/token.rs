//! The CSS tokens that an operator may set: their names, kinds and our own values (`static/css/tokens.css`).

use super::colour::Colour;

/// What a token holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A colour; with our own values, light and dark.
    Colour(&'static str, &'static str),
    /// A length, from 0 to so many rem.
    Length(f64),
    /// A list of font families.
    Fonts,
}

/// Every token. Spaces and shadows are structure, and none of them.
pub const TOKENS: &[(&str, Kind)] = &[
    ("surface", Kind::Colour("#f4f5f8", "#0d0f14")),
    ("surface-raised", Kind::Colour("#fff", "#161920")),
    ("surface-sunken", Kind::Colour("#f4f5f8", "#1e222b")),
    ("text", Kind::Colour("#161922", "#eef0f5")),
    ("text-muted", Kind::Colour("#596172", "#a2aaba")),
    ("line", Kind::Colour("#e1e4eb", "#2a2f3a")),
    ("line-strong", Kind::Colour("#868ea0", "#6f788b")),
    ("accent", Kind::Colour("#3450d1", "#4c66e6")),
    ("accent-hover", Kind::Colour("#2b43b8", "#5069e8")),
    ("accent-soft", Kind::Colour("#e9edfd", "#202a55")),
    ("accent-text", Kind::Colour("#fff", "#fff")),
    ("link", Kind::Colour("#2f49c2", "#a7b6ff")),
    ("danger", Kind::Colour("#b3261e", "#ff9e95")),
    ("danger-soft", Kind::Colour("#fdf0ee", "#33191a")),
    ("wait", Kind::Colour("#7d5200", "#f2c572")),
    ("wait-soft", Kind::Colour("#fcf4e2", "#2e2513")),
    ("ok", Kind::Colour("#17714a", "#74d6a6")),
    ("ok-soft", Kind::Colour("#e6f5ed", "#142a20")),
    ("focus", Kind::Colour("#3450d1", "#a7b6ff")),
    ("radius-1", Kind::Length(2.0)),
    ("radius-2", Kind::Length(2.0)),
    ("radius-3", Kind::Length(3.0)),
    ("size-1", Kind::Length(1.5)),
    ("size-2", Kind::Length(1.5)),
    ("size-3", Kind::Length(1.5)),
    ("size-4", Kind::Length(3.0)),
    ("size-5", Kind::Length(4.0)),
    ("font", Kind::Fonts),
    ("mono", Kind::Fonts),
];

/// A token of this name.
pub fn find(name: &str) -> Option<(&'static str, Kind)> {
    TOKENS.iter().find(|(known, _)| *known == name).copied()
}

/// A value that an operator gave, as CSS may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Colour(Colour),
    /// A length or a list of fonts.
    Words(String),
}

impl Value {
    /// As it stands in a stylesheet.
    pub fn css(&self) -> String {
        match self {
            Self::Colour(colour) => colour.css(),
            Self::Words(words) => words.clone(),
        }
    }

    /// Reads a value of this kind.
    ///
    /// # Errors
    /// The rule that it breaks, which continues the sentence "`key` …".
    pub fn parse(kind: Kind, text: &str) -> Result<Self, String> {
        match kind {
            Kind::Colour(..) => Colour::parse(text).map(Self::Colour).ok_or_else(|| COLOUR_RULE.to_owned()),
            Kind::Length(most) => length(text, most).map(Self::Words),
            Kind::Fonts if is_fonts(text) => Ok(Self::Words(text.trim().to_owned())),
            Kind::Fonts => Err("must be a list of font names, such as `\"Inter\", sans-serif`".to_owned()),
        }
    }
}

/// How colours are written.
pub const COLOUR_RULE: &str = "must be an opaque colour such as `#3450d1`, `rgb(52 80 209)` or `hsl(229 63% 51%)`";

const PIXELS_A_REM: f64 = 16.0;

fn length(text: &str, most: f64) -> Result<String, String> {
    let rule = || format!("must be a length in rem or px from 0 to {most}rem, such as `.5rem` or `8px`");
    let text = text.trim();
    if text == "0" {
        return Ok(text.to_owned());
    }
    let (number, a_rem) = text
        .strip_suffix("rem")
        .map(|number| (number, 1.0))
        .or_else(|| text.strip_suffix("px").map(|number| (number, PIXELS_A_REM)))
        .ok_or_else(rule)?;
    let is_plain = !number.is_empty() && number.len() <= 8 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value = number.parse::<f64>().ok().filter(|_| is_plain).ok_or_else(rule)?;
    if (0.0..=most * a_rem).contains(&value) { Ok(text.to_owned()) } else { Err(rule()) }
}

/// Names of typefaces, in quotes or not, with commas between.
fn is_fonts(text: &str) -> bool {
    let is_family = |family: &str| {
        let family = family.trim();
        let quoted = ['"', '\''].iter().find_map(|quote| family.strip_prefix(*quote)?.strip_suffix(*quote));
        let name = quoted.unwrap_or(family);
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-')
    };
    text.len() <= 500 && text.split(',').all(is_family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_values_are_those_of_the_stylesheet() {
        let css = include_str!("../../../static/css/tokens.css");
        let (light, dark) = css.split_once("@media").unwrap();
        for (name, kind) in TOKENS {
            assert!(light.contains(&format!("--{name}: ")), "{name}");
            if let Kind::Colour(bright, dim) = kind {
                assert!(light.contains(&format!("--{name}: {bright};")), "{name} {bright}");
                assert_eq!(dark.matches(&format!("--{name}: {dim};")).count(), 2, "{name} {dim}");
            }
        }
    }

    #[test]
    fn a_value_cannot_leave_its_declaration() {
        let parse = |name: &str, text: &str| Value::parse(find(name).unwrap().1, text).map(|value| value.css()).ok();
        assert_eq!(parse("radius-1", "0").as_deref(), Some("0"));
        assert_eq!(parse("radius-1", " .5rem").as_deref(), Some(".5rem"));
        assert_eq!(parse("radius-3", "12px").as_deref(), Some("12px"));
        assert_eq!(
            parse("font", "\"Inter\", 'Segoe UI', sans-serif").as_deref(),
            Some("\"Inter\", 'Segoe UI', sans-serif")
        );
        for bad in ["1rem;}", "calc(1px)", "1em", "-1rem", "9rem", "1e1rem", "px", "", "1rem 2rem", "infrem"] {
            assert_eq!(parse("radius-1", bad), None, "{bad}");
        }
        for bad in ["a;b", "a}b", "url(x)", "\"a", "a,,b", "", "a\\62", "expression(1)"] {
            assert_eq!(parse("font", bad), None, "{bad}");
        }
    }
}
