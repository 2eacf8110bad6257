//! Lines of text that one person wrote and another is shown, such as names: every character in them is seen. None controls,
//! none turns the direction of writing, none shows nothing (RFC 8264 §4.3, FreeformClass; UTR 36 §2.5, UTS 39 §5). Joiners
//! and variation selectors stay where a script or an emoji needs them (RFC 5892 §A.1, UTS 51 §2).

/// What a character is that nobody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// A control character, or one that ends a line.
    Control,
    /// Turns the direction of what is around it (UAX 9 §2): `gro.live` reads as another name.
    Direction,
    /// Shows nothing, where it has nothing to do.
    Invisible,
}

impl Unseen {
    /// Ends a sentence whose subject is a field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Control => "has a control character",
            Self::Direction => "has a character that changes the direction of writing",
            Self::Invisible => "has an invisible character",
        }
    }
}

/// Judges a line.
///
/// # Errors
/// What its first unseen character is.
pub fn check(line: &str) -> Result<(), Unseen> {
    unseen(line).find_map(|(_, unseen)| unseen).map_or(Ok(()), Err)
}

/// The line without its unseen characters: for what is not ours to refuse.
pub fn seen(line: &str) -> String {
    unseen(line).filter(|(_, unseen)| unseen.is_none()).map(|(character, _)| character).collect()
}

/// Whether a character turns the direction of writing (Unicode Character Database, Bidi_Control).
pub const fn turns(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character ends a line, or controls a device.
pub fn controls(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Whether a character shows nothing by itself, wherever it stands.
pub const fn is_hidden(character: char) -> bool {
    turns(character) || joins(character) || varies(character) || is_blank(character)
}

fn unseen(line: &str) -> impl Iterator<Item = (char, Option<Unseen>)> {
    let after = line.chars().skip(1).map(Some).chain([None]);
    let mut before = None;
    line.chars().zip(after).map(move |(character, after)| {
        let unseen = judge(before, character, after);
        before = Some(character);
        (character, unseen)
    })
}

fn judge(before: Option<char>, character: char, after: Option<char>) -> Option<Unseen> {
    match character {
        _ if controls(character) => Some(Unseen::Control),
        _ if turns(character) => Some(Unseen::Direction),
        _ if joins(character) => {
            let joined =
                before.is_some_and(|before| varies(before) || is_joined(before)) && after.is_some_and(is_joined);
            (!joined).then_some(Unseen::Invisible)
        }
        _ if varies(character) => (!before.is_some_and(has_variants)).then_some(Unseen::Invisible),
        _ => is_blank(character).then_some(Unseen::Invisible),
    }
}

/// ZERO WIDTH NON-JOINER and JOINER.
const fn joins(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Variation selectors: of Mongolian, of symbols, of Han.
const fn varies(character: char) -> bool {
    matches!(character, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The others that show nothing (Unicode Character Database 16.0, Default_Ignorable_Code_Point), with the marks of annotations.
const fn is_blank(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Letters of scripts that join (Arabic to Myanmar, Khmer, Mongolian, and younger ones), and emoji.
const fn is_joined(character: char) -> bool {
    matches!(character,
        '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{1a20}'..='\u{1c4f}' | '\u{2190}'..='\u{2bff}'
        | '\u{a840}'..='\u{aaff}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}' | '\u{1f000}'..='\u{1faff}')
        && !is_hidden(character)
}

/// Symbols and digits that can be emoji, Han and its neighbours, Myanmar and Mongolian.
const fn has_variants(character: char) -> bool {
    matches!(character,
        '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{1000}'..='\u{109f}' | '\u{1820}'..='\u{18af}'
        | '\u{2030}'..='\u{205f}' | '\u{2100}'..='\u{2bff}' | '\u{2e80}'..='\u{3163}' | '\u{3165}'..='\u{a4cf}'
        | '\u{a840}'..='\u{a87f}' | '\u{f900}'..='\u{faff}' | '\u{1f000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8264_4_3_what_nobody_sees_is_told_and_left_out() {
        let cases = [
            ("a\u{0}b", Unseen::Control),
            ("a\u{2028}b", Unseen::Control),
            ("Bank\u{202e}evil", Unseen::Direction),
            ("\u{2067}a", Unseen::Direction),
            ("a\u{200f}", Unseen::Direction),
            ("a\u{200b}b", Unseen::Invisible),
            ("so\u{ad}ft", Unseen::Invisible),
            ("\u{feff}Ada", Unseen::Invisible),
            ("\u{3164}", Unseen::Invisible),
            ("A\u{e0041}da", Unseen::Invisible),
            ("A\u{fe0f}da", Unseen::Invisible),
            ("辻\u{e0100}\u{e0101}", Unseen::Invisible),
            ("Ada\u{200d}", Unseen::Invisible),
            ("A\u{200c}da", Unseen::Invisible),
            ("\u{200d}👩", Unseen::Invisible),
        ];
        for (line, unseen) in cases {
            assert_eq!(check(line), Err(unseen), "{line:?}");
            assert_eq!(check(&seen(line)), Ok(()), "{line:?}");
        }
        assert_eq!(seen("\u{202e}Bank\u{200b} of\tEvil\u{2069}"), "Bank ofEvil");
    }

    #[test]
    fn names_of_every_script_stay_as_they_are() {
        for line in [
            "Ada, Countess of Lovelace",
            "שרה",
            "محمد",
            "می\u{200c}خواهم",
            "ක්\u{200d}රි",
            "辻\u{e0100}",
            "👩🏽\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "नमस्ते",
            "Zoë\u{301}",
            "👨\u{200d}👩\u{200d}👧",
            "",
        ] {
            assert_eq!((check(line), seen(line)), (Ok(()), line.to_owned()), "{line:?}");
        }
    }
}
