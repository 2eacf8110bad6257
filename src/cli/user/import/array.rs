//! A JSON array of objects, or the array in a member of an object; one element is in memory at a time.

use super::source::{Fields, LONGEST};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, Error, Read};
use std::rc::Rc;

/// Checks that the file is an array, or an object with an array as its member `within`.
pub(super) fn check(text: impl BufRead, within: Option<&'static str>) -> Result<(), String> {
    walk(text, within, &mut |_, _: IgnoredAny| true)
}

/// Passes each element to `take` with the number of its first line.
pub(super) fn read(
    text: impl BufRead,
    within: Option<&'static str>,
    take: &mut dyn FnMut(u64, Fields) -> bool,
) -> Result<(), String> {
    walk(text, within, &mut |line, value: Value| match value {
        Value::Object(fields) => take(line, Ok(fields)),
        _ => take(line, Err("is not a JSON object".to_owned())),
    })
}

fn walk<T: DeserializeOwned>(
    text: impl BufRead,
    within: Option<&'static str>,
    take: &mut dyn FnMut(u64, T) -> bool,
) -> Result<(), String> {
    let begun = Rc::new(Cell::new(1));
    let stopped = Cell::new(false);
    let mut json = serde_json::Deserializer::from_reader(Places::new(text, Rc::clone(&begun)));
    let elements = Elements { begun: &begun, stopped: &stopped, within, take };
    let read = elements.deserialize(&mut json).and_then(|()| json.end());
    match (read, within) {
        (Err(_), _) if stopped.get() => Ok(()),
        (Err(error), Some(within)) if error.is_data() => {
            Err(format!("the file must contain people in an array `{within}`, which is missing: is it the right file?"))
        }
        (Err(error), None) if error.is_data() => {
            Err("the file must contain a JSON array of people; `--from` reads the exports of other systems".to_owned())
        }
        (Err(error), _) => Err(format!("it is not JSON: {error}")),
        (Ok(()), _) => Ok(()),
    }
}

struct Elements<'a, T> {
    begun: &'a Cell<u64>,
    stopped: &'a Cell<bool>,
    within: Option<&'static str>,
    take: &'a mut dyn FnMut(u64, T) -> bool,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Elements<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<'_, T> {
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

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some(within) = self.within else { return Err(A::Error::custom("an object")) };
        let Self { begun, stopped, take, .. } = self;
        let mut found = false;
        while let Some(name) = members.next_key::<String>()? {
            if name == within {
                found = true;
                members.next_value_seed(Elements { begun, stopped, within: None, take: &mut *take })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(A::Error::custom("no people")) }
    }
}

/// Tracks the first line and the length of the current element. The parser reads byte by byte.
struct Places<R> {
    text: R,
    begun: Rc<Cell<u64>>,
    line: u64,
    length: u64,
    depth: u32,
    /// The nesting depth of elements: two in an array, three in a member of an object.
    elements: u32,
    in_string: bool,
    escaped: bool,
}

impl<R: BufRead> Places<R> {
    fn new(text: R, begun: Rc<Cell<u64>>) -> Self {
        Self { text, begun, line: 1, length: 0, depth: 0, elements: 2, in_string: false, escaped: false }
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
                if self.depth == 0 {
                    self.elements = if byte == b'[' { 2 } else { 3 };
                }
                self.depth = self.depth.saturating_add(1);
                if self.depth == self.elements {
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
        read(text.as_bytes(), None, &mut take).map(|()| rows)
    }

    #[test]
    fn a_member_of_an_object_may_hold_the_array() {
        let text =
            "{\"realm\": {\"users\": [7]},\n\"users\": [\n{\"a\": {\"b\": [1]}},\n\n{\"c\": 2}], \"x\": [[[1]]]}";
        let mut rows = Vec::new();
        let mut take = |line, fields: Fields| {
            rows.push((line, fields.unwrap().len()));
            true
        };
        read(text.as_bytes(), Some("users"), &mut take).unwrap();
        assert_eq!(rows, [(3, 1), (5, 1)]);
        for bad in ["{}", "{\"users\": 7}", "7", "{\"realm\": [{}]}"] {
            assert!(check(bad.as_bytes(), Some("users")).unwrap_err().contains("`users`"), "{bad}");
        }
        assert!(check("[{}]".as_bytes(), Some("users")).is_ok(), "or be it");
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
            assert!(rows(bad).is_err() && check(bad.as_bytes(), None).is_err(), "{bad:?}");
        }
        let long = format!("[{{\"a\": \"{}\"}}]", "x".repeat(LONGEST as usize + 10));
        assert!(check(long.as_bytes(), None).unwrap_err().contains("longer"));
    }
}
