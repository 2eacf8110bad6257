//! JSON Lines: one object per line. A bad line does not affect the others.

use super::source::{Fields, LONGEST};
use serde_json::Value;
use std::io::{BufRead, Read as _};

/// Passes each line that is not blank to `take`, with its number.
pub(super) fn read(mut text: impl BufRead, take: &mut dyn FnMut(u64, Fields) -> bool) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("cannot read it: {error}");
    let mut line = Vec::new();
    let mut number: u64 = 0;
    loop {
        line.clear();
        let read = text.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        number = number.saturating_add(1);
        let is_cut = line.len() as u64 == LONGEST && line.last() != Some(&b'\n');
        if is_cut {
            text.skip_until(b'\n').map_err(unreadable)?;
        }
        let fields = if is_cut { Err(format!("is longer than {LONGEST} bytes")) } else { parse(&line) };
        let is_blank = line.iter().all(u8::is_ascii_whitespace);
        if !is_blank && !take(number, fields) {
            return Ok(());
        }
    }
}

fn parse(line: &[u8]) -> Fields {
    let text = std::str::from_utf8(line)
        .map_err(|error| format!("is not UTF-8 from byte {} on", error.valid_up_to().saturating_add(1)))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("is not a JSON object".to_owned()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_stands_by_itself() {
        let long = format!("{{\"a\": \"{}\"}}", "x".repeat(LONGEST as usize));
        let text = [b"{\"a\":1}\r\n\n  \r\n[]\n{\"a\n\xff\xfe\n", long.as_bytes(), b"\n{}"].concat();
        let mut rows = Vec::new();
        let mut take = |line, fields: Fields| {
            rows.push((line, fields.err().unwrap_or_default()));
            true
        };
        read(text.as_slice(), &mut take).unwrap();
        let lines: Vec<_> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 4, 5, 6, 7, 8]);
        for ((_, error), told) in
            rows.iter().zip(["", "not a JSON object", "not JSON", "not UTF-8 from byte 1", "longer", ""])
        {
            assert!(error.contains(told) && error.is_empty() == told.is_empty(), "{error} {told}");
        }
    }
}
