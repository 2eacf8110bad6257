//! What people type into a field for a code, as it was meant: digits of every script, and full-width letters, are what
//! keyboards of half the world give.

use unicode_normalization::UnicodeNormalization as _;

/// The zero of every script whose digits compatibility leaves as they are (Unicode Character Database 16.0, general category
/// Nd); nine others follow each.
const ZEROS: [u32; 63] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1E140, 0x1E2F0, 0x1E5F1, 0x1E950,
];

/// The text with its digits and full-width letters as ASCII (UAX 15, NFKC, then UAX 44, Numeric_Value).
pub fn ascii(typed: &str) -> String {
    typed.nfkc().map(digit).collect()
}

/// The digits alone, at most `most`, however they are grouped.
pub fn digits(typed: &str, most: usize) -> String {
    typed.nfkc().map(digit).filter(char::is_ascii_digit).take(most).collect()
}

fn digit(c: char) -> char {
    let code = u32::from(c);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code);
    let value = zero.map(|zero| code.saturating_sub(*zero)).filter(|value| *value < 10);
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_the_same_code() {
        for typed in ["0123 4567", "０１２３４５６７", "٠١٢٣٤٥٦٧", "۰۱۲۳-۴۵۶۷", "०१२३४५६७", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕"]
        {
            assert_eq!(digits(typed, 16), "01234567", "{typed}");
        }
        assert_eq!(ascii("ＡＢｃ－９"), "ABc-9");
        assert_eq!((ascii("Ⅷ½é"), digits("one two", 16)), ("VIII1\u{2044}2é".to_owned(), String::new()));
        assert!(ZEROS.is_sorted());
    }
}
