//! Names that others chose (applications, people), made safe to stand in our sentences.

use crate::protocol::visible;

/// Longest name that a page shows, in characters; the rest becomes an ellipsis.
const MOST_CHARACTERS: usize = 80;

/// `value` as a page may show it: on one line, at most 80 characters, all of which are seen ([`visible`]): names that a release
/// before this one took, or another system, may hold others.
pub fn shown(value: &str) -> String {
    let spaced: String = value.chars().map(|c| if visible::controls(c) { ' ' } else { c }).collect();
    let line = visible::seen(&spaced).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST_CHARACTERS {
        return line;
    }
    line.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

/// `value` between isolation marks where its direction can differ from the page's.
pub(super) fn isolated(value: &str, page_direction: &str) -> String {
    if page_direction == "rtl" || value.chars().any(is_right_to_left_letter) {
        format!("\u{2068}{value}\u{2069}")
    } else {
        value.to_owned()
    }
}

/// Whether a language (its first subtag) is written from right to left.
pub(super) fn is_right_to_left(language: &str) -> bool {
    matches!(language, "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ku" | "ps" | "sd" | "ug" | "ur" | "yi")
}

const fn is_right_to_left_letter(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_turn_text_around_are_dropped() {
        assert_eq!(shown("Bank\u{202E}evil\u{2066}"), "Bankevil");
        assert_eq!(shown("Ada\u{200B} L\u{AD}ovelace\u{FEFF}"), "Ada Lovelace");
    }

    #[test]
    fn names_stand_on_one_line_and_end() {
        assert_eq!(shown(" A\n\tB\u{0}C "), "A B C");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), 80);
    }

    #[test]
    fn only_names_of_another_direction_are_isolated() {
        assert_eq!(isolated("Harbour", "ltr"), "Harbour");
        assert_eq!(isolated("נמל", "ltr"), "\u{2068}נמל\u{2069}");
        assert_eq!(isolated("Harbour", "rtl"), "\u{2068}Harbour\u{2069}");
    }
}
