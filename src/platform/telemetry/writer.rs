//! Standard error, one record a line, whatever a record holds (PLT-05).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// Escapes control characters, so that what a client sent can neither begin a line of its own nor move a terminal's
/// cursor. A record arrives as one `write`, with one line break at its end.
pub(super) struct Escaping<W>(pub(super) W);

impl<W: io::Write> io::Write for Escaping<W> {
    /// A record that can't be written is counted and lost: nobody's request fails for a full disk (F-13). An error
    /// would be written to the very same place.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        if self.0.write_all(escape(record).as_ref()).is_err() {
            super::metrics::record_lost();
        }
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escape(record: &[u8]) -> Cow<'_, [u8]> {
    let plain = |byte: &u8| (0x20..0x7f).contains(byte);
    if record.strip_suffix(b"\n").is_some_and(|body| body.iter().all(plain)) {
        return Cow::Borrowed(record);
    }
    let (body, end) = record.strip_suffix(b"\n").map_or((record, ""), |body| (body, "\n"));
    let Ok(text) = std::str::from_utf8(body) else { return Cow::Owned(b"(a record that is not UTF-8)\n".to_vec()) };
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(record);
    }
    let mut escaped = String::with_capacity(record.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped.push_str(end);
    Cow::Owned(escaped.into_bytes())
}

/// Control characters, line separators, and those that turn the direction of writing.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full;

    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn f_13_a_log_that_cannot_be_written_fails_nobody() {
        assert_eq!(io::Write::write(&mut Escaping(Full), b"a record\n").ok(), Some(9));
    }

    #[test]
    fn a_record_stays_one_line() {
        let escaped = |text: &str| String::from_utf8(escape(text.as_bytes()).into_owned()).unwrap();
        assert_eq!(escaped("plain é 字\n"), "plain é 字\n");
        assert_eq!(escaped("a\nINFO forged\n"), "a\\u{a}INFO forged\n");
        assert_eq!(escaped("\u{1b}[2J\r\u{9b}\u{7f}\u{202e}\n"), "\\u{1b}[2J\\u{d}\\u{9b}\\u{7f}\\u{202e}\n");
        assert_eq!(escaped("no end"), "no end");
    }
}
