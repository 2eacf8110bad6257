//! Colours: read strictly, written in one form, compared as WCAG does.

/// An opaque colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The contrast that a page's text needs with its background (WCAG 2.2 §1.4.3).
pub(super) const READABLE: f64 = 4.5;
/// What lines and rings must (§1.4.11).
pub(super) const VISIBLE: f64 = 3.0;

impl Colour {
    pub const WHITE: Self = Self([255; 3]);
    pub const BLACK: Self = Self([0; 3]);

    /// `#rgb`, `#rrggbb`, `rgb(18 52 86)`, `hsl(210 65% 20%)`, the latter two also with commas.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(hex) = text.strip_prefix('#') {
            return Self::hex(hex);
        }
        let (name, rest) = text.split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        let parts: Vec<&str> = inside.split([' ', ',']).filter(|part| !part.is_empty()).collect();
        let [one, two, three] = parts.as_slice() else { return None };
        match name {
            "rgb" => {
                let byte = |part: &str| part.parse::<u8>().ok();
                Some(Self([byte(one)?, byte(two)?, byte(three)?]))
            }
            "hsl" => {
                let share = |part: &str| {
                    part.strip_suffix('%')?.parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share))
                };
                let hue = one.strip_suffix("deg").unwrap_or(one).parse::<f64>().ok();
                let hue = hue.filter(|hue| (0.0..=360.0).contains(hue))?;
                Some(Self::hsl(hue, share(two)? / 100.0, share(three)? / 100.0))
            }
            _ => None,
        }
    }

    fn hex(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let whole: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let [_, red, green, blue] = u32::from_str_radix(&whole, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let chroma = saturation * lightness.min(1.0 - lightness);
        let part = |offset: f64| {
            let at = (offset + hue / 30.0) % 12.0;
            byte(255.0 * (lightness - chroma * (at - 3.0).min(9.0 - at).clamp(-1.0, 1.0)))
        };
        Self([part(0.0), part(8.0), part(4.0)])
    }

    /// `#rrggbb`
    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// With a share of transparency, for glows.
    pub fn css_with_alpha(self, alpha: &str) -> String {
        let [red, green, blue] = self.0;
        format!("rgb({red} {green} {blue} / {alpha})")
    }

    /// From 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// A share of the way to another colour: 0 is this one, 1 the other.
    #[must_use]
    pub fn towards(self, other: Self, share: f64) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        let mix = |from: u8, to: u8| byte(f64::from(from) + (f64::from(to) - f64::from(from)) * share);
        Self([mix(a, x), mix(b, y), mix(c, z)])
    }

    /// The nearest colour on the way to `end` that differs enough from each ground; `end` itself where none does.
    #[must_use]
    pub fn readable_on(self, grounds: &[Self], least: f64, end: Self) -> Self {
        let steps = (0..=20_u8).map(|step| self.towards(end, f64::from(step) / 20.0));
        let fits = |colour: &Self| grounds.iter().all(|ground| colour.contrast(*ground) >= least);
        steps.into_iter().find(fits).unwrap_or(end)
    }

    /// White or black, whichever text is readable on this ground: one of them always is.
    #[must_use]
    pub fn letters(self) -> Self {
        if Self::WHITE.contrast(self) >= READABLE { Self::WHITE } else { Self::BLACK }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(text: &str) -> Option<String> {
        Colour::parse(text).map(Colour::css)
    }

    #[test]
    fn a_colour_is_read_in_few_forms_and_written_in_one() {
        for text in ["#123456", "#123456 ", "rgb(18 52 86)", "rgb(18, 52, 86)", "RGB(18,52,86)"] {
            assert_eq!(css(text).as_deref(), Some("#123456"), "{text}");
        }
        assert_eq!(css("#f0a").as_deref(), Some("#ff00aa"));
        assert_eq!(css("hsl(210 100% 50%)").as_deref(), Some("#0080ff"));
        for refused in [
            "",
            "#12",
            "#12345g",
            "#1234567",
            "red",
            "rgb(256 0 0)",
            "rgb(1 2)",
            "rgb(1 2 3 / .5)",
            "hsl(400 1% 1%)",
            "hsl(1 1 1)",
            "#fff;}",
            "var(--x)",
            "url(x)",
            "rgb(1 2 3);color:red",
            "#ééé",
        ] {
            assert_eq!(css(refused), None, "{refused}");
        }
    }

    #[test]
    fn wcag_contrast() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.01);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        let yellow = Colour::parse("#ffe000").unwrap();
        assert_eq!((yellow.letters(), grey.letters()), (Colour::BLACK, Colour::WHITE));
        assert!(yellow.readable_on(&[Colour::WHITE], READABLE, Colour::BLACK).contrast(Colour::WHITE) >= READABLE);
    }
}
