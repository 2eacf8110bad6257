//! The colours of a brand: what the operator gave, what follows from the accent, and whether people can read it.

use super::colour::{Colour, READABLE, VISIBLE};
use super::skin::Skin;
use super::token::{Kind, TOKENS, Value};
use std::collections::BTreeMap;

/// Which of the two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// What is read, or seen, on what, and by how much they must differ.
const PAIRS: &[(&str, &str, f64)] = &[
    ("accent-text", "accent", READABLE),
    ("accent-text", "accent-hover", READABLE),
    ("text", "surface", READABLE),
    ("text", "surface-raised", READABLE),
    ("text", "surface-sunken", READABLE),
    ("text-muted", "surface", READABLE),
    ("text-muted", "surface-raised", READABLE),
    ("text-muted", "surface-sunken", READABLE),
    ("link", "surface", READABLE),
    ("link", "surface-raised", READABLE),
    ("link", "accent-soft", READABLE),
    ("danger", "surface-raised", READABLE),
    ("danger", "danger-soft", READABLE),
    ("wait", "wait-soft", READABLE),
    ("ok", "ok-soft", READABLE),
    ("focus", "surface-raised", VISIBLE),
    ("line-strong", "surface-raised", VISIBLE),
];

/// The values that differ from ours, by token.
pub type Changes = BTreeMap<&'static str, Value>;

/// What follows from a skin in one scheme: what it says, and what its accent makes of the rest.
pub fn changes(skin: &Skin, scheme: Scheme) -> Changes {
    let mut changes = derived(skin, scheme);
    let tokens = match scheme {
        Scheme::Light => &skin.tokens,
        Scheme::Dark => &skin.dark_tokens,
    };
    changes.extend(tokens.iter().map(|(name, value)| (*name, value.clone())));
    changes
}

fn derived(skin: &Skin, scheme: Scheme) -> Changes {
    let Some(given) = skin.colors.accent else { return Changes::new() };
    let tokens = if scheme == Scheme::Light { &skin.tokens } else { &skin.dark_tokens };
    let ground = |name: &str| match tokens.get(name) {
        Some(Value::Colour(colour)) => *colour,
        _ => ours(name, scheme),
    };
    let (surface, raised) = (ground("surface"), ground("surface-raised"));
    let (accent, text, end) = match scheme {
        Scheme::Light => (given, skin.colors.accent_text, Colour::BLACK),
        Scheme::Dark => {
            // The same accent, unless it would sink into the dark.
            let own = skin.colors.accent_dark;
            let text = skin.colors.accent_text_dark.or(skin.colors.accent_text.filter(|_| own.is_none()));
            (own.unwrap_or_else(|| given.readable_on(&[raised], 2.0, Colour::WHITE)), text, Colour::WHITE)
        }
    };
    let text = text.filter(|text| scheme == Scheme::Light || text.contrast(accent) >= READABLE);
    let text = text.unwrap_or_else(|| accent.letters());
    // Away from the text, so that they stay readable.
    let away = if text.contrast(Colour::BLACK) > text.contrast(Colour::WHITE) { Colour::BLACK } else { Colour::WHITE };
    let soft = raised.towards(accent, if scheme == Scheme::Light { 0.1 } else { 0.22 });
    let link = accent.readable_on(&[surface, raised, soft], READABLE, end);
    Changes::from([
        ("accent", Value::Colour(accent)),
        ("accent-text", Value::Colour(text)),
        ("accent-hover", Value::Colour(accent.towards(away, 0.14))),
        ("accent-soft", Value::Colour(soft)),
        ("link", Value::Colour(link)),
        ("focus", Value::Colour(link)),
        ("glow", Value::Words(accent.css_with_alpha(if scheme == Scheme::Light { ".07" } else { ".12" }))),
    ])
}

fn ours(name: &str, scheme: Scheme) -> Colour {
    let found = TOKENS.iter().find(|(known, _)| *known == name);
    let text = match found {
        Some((_, Kind::Colour(light, dark))) => {
            if scheme == Scheme::Light {
                light
            } else {
                dark
            }
        }
        _ => "#000",
    };
    Colour::parse(text).unwrap_or(Colour::BLACK)
}

/// The colour of a token in one scheme.
pub fn colour(changes: &Changes, name: &str, scheme: Scheme) -> Colour {
    match changes.get(name) {
        Some(Value::Colour(colour)) => *colour,
        _ => ours(name, scheme),
    }
}

/// Every pair of colours that people could not tell apart: the key that made it so, below that of the skin, and why.
pub fn unreadable(skin: &Skin) -> Vec<(String, String)> {
    let schemes = [(Scheme::Light, "tokens"), (Scheme::Dark, "dark_tokens")];
    let mut found: Vec<(String, String)> = Vec::new();
    for (scheme, section) in schemes {
        let changes = changes(skin, scheme);
        for (front, back, least) in PAIRS {
            let touched = [front, back].into_iter().find(|name| changes.contains_key(*name));
            let (one, other) = (colour(&changes, front, scheme), colour(&changes, back, scheme));
            let contrast = one.contrast(other);
            if let Some(name) = touched.filter(|_| contrast < *least) {
                let key = key(skin, scheme, section, [front, back], name);
                let look = if scheme == Scheme::Light { "light" } else { "dark" };
                // Rounded down: 4.49 is not 4.5.
                let contrast = (contrast * 100.0).floor() / 100.0;
                found.push((
                    key,
                    format!(
                        "makes {front} ({}) on {back} ({}) hard to see in the {look} look: their contrast is {contrast}, and must be at least {least}",
                        one.css(),
                        other.css()
                    ),
                ));
            }
        }
    }
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

/// The key that an operator would look at: the token itself where it is set, else the colour that it follows from.
fn key(skin: &Skin, scheme: Scheme, section: &str, pair: [&&'static str; 2], touched: &str) -> String {
    let tokens = if scheme == Scheme::Light { &skin.tokens } else { &skin.dark_tokens };
    if let Some(name) = pair.into_iter().find(|name| tokens.contains_key(**name)) {
        return format!("{section}.{name}");
    }
    let colors = &skin.colors;
    let set = match scheme {
        Scheme::Light if touched == "accent-text" && colors.accent_text.is_some() => "accent_text",
        Scheme::Dark if touched == "accent-text" && colors.accent_text_dark.is_some() => "accent_text_dark",
        Scheme::Dark if colors.accent_dark.is_some() => "accent_dark",
        _ => "accent",
    };
    format!("colors.{set}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accent(text: &str) -> Skin {
        let mut skin = Skin::default();
        skin.colors.accent = Colour::parse(text);
        skin
    }

    #[test]
    fn our_own_colours_can_be_read() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            for (front, back, least) in PAIRS {
                let contrast = ours(front, scheme).contrast(ours(back, scheme));
                assert!(contrast >= *least, "{scheme:?}: {front} on {back} is {contrast}");
            }
        }
    }

    #[test]
    fn whatever_the_accent_is_what_follows_from_it_can_be_read() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let text = format!("rgb({red} {green} {blue})");
                    assert_eq!(unreadable(&accent(&text)), [], "{text}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_names_its_key() {
        let mut skin = accent("#ffe000");
        skin.colors.accent_text = Some(Colour::WHITE);
        let found = unreadable(&skin);
        assert_eq!(found[0].0, "colors.accent_text");
        assert!(found[0].1.contains("accent-text (#ffffff) on accent (#ffe000)"), "{found:?}");
        let mut skin = Skin::default();
        skin.dark_tokens.insert("text", Value::Colour(Colour::BLACK));
        assert_eq!(unreadable(&skin)[0].0, "dark_tokens.text");
    }
}
