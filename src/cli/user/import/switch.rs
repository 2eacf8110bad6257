//! Booleans, as databases and spreadsheets write them.

use serde_json::Value;

/// PostgreSQL writes `t`, MySQL `1` or `b'1'`, SQL Server `1` or `True`, spreadsheets `TRUE` in the language of the
/// user.
const YES: [&str; 13] =
    ["true", "t", "1", "yes", "y", "on", "b'1'", "\u{1}", "wahr", "vrai", "verdadero", "verdadeiro", "vero"];
const NO: [&str; 11] = ["false", "f", "0", "no", "n", "off", "b'0'", "\u{0}", "falsch", "faux", "falso"];

/// A boolean in any spelling.
pub(super) fn read(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) if number.as_i64() == Some(1) => Some(true),
        Value::Number(number) if number.as_i64() == Some(0) => Some(false),
        Value::String(text) => word(text),
        _ => None,
    }
}

/// A boolean in a cell.
pub(super) fn word(text: &str) -> Option<bool> {
    let word = text.trim_matches(' ').to_lowercase();
    if YES.contains(&word.as_str()) { Some(true) } else { NO.contains(&word.as_str()).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_read_as_databases_and_spreadsheets_write_it() {
        for yes in ["t", "TRUE", "True", "1", "yes", "Y", "on", "b'1'", "WAHR", "VRAI"] {
            assert_eq!(word(yes), Some(true), "{yes}");
        }
        for no in ["f", "FALSE", "0", " no ", "N", "off", "b'0'", "FALSCH", "FAUX"] {
            assert_eq!(word(no), Some(false), "{no}");
        }
        for neither in ["", "maybe", "2", "nein danke"] {
            assert_eq!(word(neither), None, "{neither}");
        }
        assert_eq!((read(&1.into()), read(&0.into()), read(&2.into())), (Some(true), Some(false), None));
    }
}
