//! A JSON array of objects, one of them in memory at a time.

use super::source::{Fields, LONGEST};
use serde::de::{Deserializer as _, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, Error, Read};
use std::rc::Rc;

/// Whether the whole is an array.
pub(super) fn check(text: impl BufRead) -> Result<(), String> {
    walk(text, &mut |_, _: IgnoredAny| true)
}

/// Hands each element to `take` with the line that it begins at.
pub(super) fn read(text: impl BufRead, take: &mut dyn FnMut(u64, Fields) -> bool) -> Result<(), String> {
    walk(text, &mut |line, value: Value| match value {
        Value::Object(fields) => take(line, Ok(fields)),
        _ => take(line, Err("is not a JSON object".to_owned())),
    })
}

fn walk<T: serde::de::DeserializeOwned>(
    text: impl BufRead,
    take: &mut dyn FnMut(u64, T) -> bool,
) -> Result<(), String> {
    let begun = Rc::new(Cell::new(1));
    let stopped = Cell::new(false);
    let mut json = serde_json::Deserializer::from_reader(Places::new(text, Rc::clone(&begun)));
    let elements = Elements { begun: &begun, stopped: &stopped, take };
    let read = json.deserialize_seq(elements).and_then(|()| json.end());
    match read {
        Err(_) if stopped.get() => Ok(()),
        Err(error) if error.is_data() => Err("the file must hold a JSON array of people".to_owned()),
        Err(error) => Err(format!("it is no JSON: {error}")),
        Ok(()) => Ok(()),
    }
}

struct Elements<'a, T> {
    begun: &'a Cell<u64>,
    stopped: &'a Cell<bool>,
    take: &'a mut dyn FnMut(u64, T) -> bool,
}

impl<'de, T: serde::de::DeserializeOwned> Visitor<'de> for Elements<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array of people")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(value) = elements.next_element::<T>()? {
            if !(self.take)(self.begun.get(), value) {
                self.stopped.set(true);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// Keeps the line at which the present element began, and how long it is. The parser reads byte by byte.
struct Places<R> {
    text: R,
    begun: Rc<Cell<u64>>,
    line: u64,
    length: u64,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl<R: BufRead> Places<R> {
    fn new(text: R, begun: Rc<Cell<u64>>) -> Self {
        Self { text, begun, line: 1, length: 0, depth: 0, in_string: false, escaped: false }
    }

    fn pass(&mut self, byte: u8) {
        self.length = self.length.saturating_add(1);
        if self.in_string {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_string = !ends;
            return;
        }
        match byte {
            b'\n' => self.line = self.line.saturating_add(1),
            b'"' => self.in_string = true,
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                if self.depth == 2 {
                    self.begun.set(self.line);
                    self.length = 0;
                }
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

impl<R: BufRead> Read for Places<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let next = self.text.fill_buf()?.first().copied();
        let (Some(byte), Some(place)) = (next, buffer.first_mut()) else { return Ok(0) };
        *place = byte;
        self.text.consume(1);
        self.pass(byte);
        if self.length > LONGEST {
            return Err(Error::other(format!("a row is longer than {LONGEST} bytes")));
        }
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, bool)>, String> {
        let mut rows = Vec::new();
        let mut take = |line, fields: Fields| {
            rows.push((line, fields.is_ok()));
            true
        };
        read(text.as_bytes(), &mut take).map(|()| rows)
    }

    #[test]
    fn rows_know_the_line_that_they_begin_at() {
        let text = "[\n {\"a\": \"}\\\"]\\n\",\n  \"b\": {}},\n 7, {\"c\":\n[1]}\n]\n";
        assert_eq!(rows(text), Ok(vec![(2, true), (2, false), (4, true)]));
        assert_eq!(rows("[]"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_array_of_json_is_refused_as_a_whole() {
        for bad in ["", "{}", "7", "[{}", "[{}] x", "[{},]", "[\"\u{0}\"]"] {
            assert!(rows(bad).is_err() && check(bad.as_bytes()).is_err(), "{bad:?}");
        }
        let long = format!("[{{\"a\": \"{}\"}}]", "x".repeat(LONGEST as usize + 10));
        assert!(check(long.as_bytes()).unwrap_err().contains("longer"));
    }
}
