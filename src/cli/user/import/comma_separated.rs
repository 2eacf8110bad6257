//! CSV (RFC 4180) with a header that names the fields; `address.locality` is a member of `address`. Fields are separated
//! by commas, semicolons or tabs, whichever is most frequent in the header: spreadsheets choose by country.

use super::from::System;
use super::source::{Fields, LONGEST};
use super::{columns, switch};
use csv::{ByteRecord, Position, ReaderBuilder};
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{BufRead, Cursor, Error, Read};

/// Read ahead of the row that is parsed.
const BUFFER: usize = 64 * 1024;
const DELIMITERS: &[u8] = b",;\t";
/// Boolean fields; all others are text.
const SWITCHES: [&str; 3] = ["email_verified", "phone_number_verified", "disabled"];

/// Passes each record to `take`, with the number of its first line.
pub(super) fn read(
    mut text: impl BufRead,
    from: Option<System>,
    take: &mut dyn FnMut(u64, Fields) -> bool,
) -> Result<(), String> {
    let mut first = Vec::new();
    text.by_ref()
        .take(BUFFER as u64)
        .read_until(b'\n', &mut first)
        .map_err(|error| format!("cannot read it: {error}"))?;
    let given = from.and_then(System::columns);
    let delimiter = if given.is_some() { b',' } else { delimiter(&first) };
    let text = Cursor::new(first).chain(text);
    let (begun, passed, ends) = (Cell::new(0), Cell::new(0), RefCell::default());
    let bounded = Bounded { text, begun: &begun, passed: &passed, ends: &ends };
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(BUFFER);
    let mut reader = builder.from_reader(bounded);
    let mut record = ByteRecord::new();
    let mut header: Option<Vec<Vec<String>>> =
        given.map(|names| names.iter().map(|name| vec![(*name).to_owned()]).collect());
    let mut is_empty = true;
    loop {
        let line = reader.position().line();
        begun.set(reader.position().byte());
        if !reader.read_byte_record(&mut record).map_err(|error| format!("line {line}: {error}"))? {
            return if is_empty { Err("the file is empty".to_owned()) } else { Ok(()) };
        }
        is_empty = false;
        let line = line_of(&record, reader.position(), &mut ends.borrow_mut());
        match &header {
            None if from.is_some() => header = Some(plain_names(&record)?),
            None => header = Some(names(&record)?),
            Some(names) => {
                let fields = if from.is_some() { cells(names, &record) } else { fields(names, &record) };
                if !take(line, fields) {
                    return Ok(());
                }
            }
        }
    }
}

/// The most frequent separator of the header outside quotes.
fn delimiter(header: &[u8]) -> u8 {
    let mut is_quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in header {
        is_quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|known| known == byte).filter(|_| !is_quoted)
            && let Some(count) = counts.get_mut(at)
        {
            *count += 1;
        }
    }
    // The first of equally frequent ones.
    let most = DELIMITERS.iter().zip(counts).rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(delimiter, _)| *delimiter)
}

/// The header of another system's table.
fn plain_names(record: &ByteRecord) -> Result<Vec<Vec<String>>, String> {
    let name = |cell: &[u8]| Some(vec![std::str::from_utf8(cell).ok()?.trim().to_owned()]);
    let names: Option<Vec<_>> = record.iter().map(name).collect();
    let names = names.ok_or("the header is not UTF-8")?;
    let is_user = names.iter().flatten().any(|name| name.eq_ignore_ascii_case("username"));
    let is_known = is_user || names.iter().flatten().any(|name| name.eq_ignore_ascii_case("email"));
    if is_known { Ok(names) } else { Err("the header has neither a username nor an email column".to_owned()) }
}

/// Unparsed cells; empty ones at the end may be missing or in excess.
fn cells(names: &[Vec<String>], record: &ByteRecord) -> Fields {
    if record.iter().skip(names.len()).any(|cell| !cell.is_empty()) {
        return Err(format!("has {} cells, but there are {} columns", record.len(), names.len()));
    }
    let mut fields = Map::new();
    for (name, cell) in names.iter().flatten().zip(record) {
        let text = std::str::from_utf8(cell).map_err(|_| format!("{name} is not UTF-8"))?;
        if !text.is_empty() {
            fields.insert(name.clone(), text.into());
        }
    }
    Ok(fields)
}

/// The line at which a record begins. The parser counts a line once it has read the line end, which it defers
/// where that is CR and LF.
fn line_of(record: &ByteRecord, after: &Position, ends: &mut VecDeque<u64>) -> u64 {
    let last = after.byte().saturating_sub(1);
    while ends.front().is_some_and(|end| *end < last) {
        ends.pop_front();
    }
    let own_end = u64::from(ends.front() == Some(&last));
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
    after.line().saturating_sub(own_end).saturating_sub(inside)
}

fn names(record: &ByteRecord) -> Result<Vec<Vec<String>>, String> {
    let mut names: Vec<Vec<String>> = Vec::new();
    for cell in record {
        let text = std::str::from_utf8(cell).map_err(|_| "the header is not UTF-8")?.trim();
        let path: Vec<String> = columns::header(text).split('.').map(str::to_owned).collect();
        if path.len() > 2 || path.iter().any(String::is_empty) {
            return Err(format!("the header contains {text:?}: expected a field or field.member"));
        }
        let is_same = |other: &Vec<String>| other.starts_with(&path) || path.starts_with(other);
        if names.iter().any(is_same) {
            return Err(format!("the header contains {text} twice"));
        }
        names.push(path);
    }
    if names.contains(&vec!["username".to_owned()]) {
        Ok(names)
    } else {
        Err("the header has no username: its first line must name the fields, separated by commas, semicolons or tabs"
            .to_owned())
    }
}

fn fields(names: &[Vec<String>], record: &ByteRecord) -> Fields {
    if record.len() != names.len() {
        return Err(format!("has {} cells, but the header names {} fields", record.len(), names.len()));
    }
    let mut fields = Map::new();
    for (name, cell) in names.iter().zip(record) {
        let text = std::str::from_utf8(cell).map_err(|_| format!("{} is not UTF-8", name.join(".")))?;
        match name.as_slice() {
            _ if text.is_empty() => {}
            [field] => drop(fields.insert(field.clone(), value(field, text))),
            [field, member] => {
                let object = fields.entry(field.clone()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(members) = object {
                    members.insert(member.clone(), text.into());
                }
            }
            _ => {}
        }
    }
    Ok(fields)
}

fn value(field: &str, text: &str) -> Value {
    match switch::word(text) {
        Some(value) if SWITCHES.contains(&field) => value.into(),
        _ if field == "updated_at" => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

/// Fails when a record grows too long: an unclosed quote would swallow the rest of the file.
struct Bounded<'a, R> {
    text: R,
    begun: &'a Cell<u64>,
    passed: &'a Cell<u64>,
    /// Line ends from the current record on.
    ends: &'a RefCell<VecDeque<u64>>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.passed.get().saturating_sub(self.begun.get()) > LONGEST {
            return Err(Error::other(format!("a record is longer than {LONGEST} bytes: is a quote not closed?")));
        }
        let read = self.text.read(buffer)?;
        let ends = buffer.iter().take(read).zip(self.passed.get()..).filter(|(byte, _)| **byte == b'\n');
        self.ends.borrow_mut().extend(ends.map(|(_, at)| at));
        self.passed.set(self.passed.get().saturating_add(read as u64));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A line and what it holds.
    type Line = (u64, Result<Value, String>);

    fn rows(text: &[u8]) -> Result<Vec<Line>, String> {
        let mut rows = Vec::new();
        let mut take = |line, fields: Fields| {
            rows.push((line, fields.map(Value::Object)));
            true
        };
        read(text, None, &mut take).map(|()| rows)
    }

    #[test]
    fn cells_become_fields_and_members() {
        let text = "username,email_verified, name ,address.country,address.locality,updated_at\r\nada,TRUE,\"Ada,\r\n\"\"Countess\"\"\",GB,,7\r\n\r\nbob,,,,,";
        let rows = rows(text.as_bytes()).unwrap();
        let ada = json!({"username": "ada", "email_verified": true, "name": "Ada,\r\n\"Countess\"", "address": {"country": "GB"}, "updated_at": 7});
        assert_eq!(rows, [(2, Ok(ada)), (5, Ok(json!({"username": "bob"})))]);
    }

    #[test]
    fn spreadsheets_separate_by_semicolons_and_tabs_too_and_spell_headers_their_way() {
        let ada = json!({"username": "ada", "email_verified": true, "name": "Lovelace, Ada; Countess"});
        for text in [
            "Username;Email Verified;NAME\nada;WAHR;\"Lovelace, Ada; Countess\"\n",
            "\"USERNAME\"\t\"email-verified\"\tName\r\nada\t1\tLovelace, Ada; Countess\r\n",
            "username,EMAIL_VERIFIED,name\nada,t,\"Lovelace, Ada; Countess\"\n",
        ] {
            assert_eq!(rows(text.as_bytes()).unwrap(), [(2, Ok(ada.clone()))], "{text}");
        }
    }

    #[test]
    fn a_bad_record_takes_nothing_of_the_others_with_it() {
        let rows = rows(b"username,email_verified\nada\n\xff,true\nbob,maybe\ncarol,false,x\n").unwrap();
        let told: Vec<_> =
            rows.iter().map(|(line, row)| (*line, row.as_ref().err().map_or("", String::as_str))).collect();
        assert_eq!(told[0], (2, "has 1 cells, but the header names 2 fields"));
        assert_eq!(told[1], (3, "username is not UTF-8"));
        assert_eq!(
            rows[2].1,
            Ok(json!({"username": "bob", "email_verified": "maybe"})),
            "told of as a claim of another type"
        );
        assert_eq!(told[3].0, 5);
    }

    #[test]
    fn a_file_without_a_header_or_with_an_open_quote_says_so() {
        let open = format!("username,name\nada,\"Ada\n{}", "bob,Bob\n".repeat(200_000));
        for (bad, told) in [
            ("", "empty"),
            ("ada,Ada\n", "no username"),
            ("username,username\n", "twice"),
            ("username,address,address.country\n", "twice"),
            ("username,a.b.c\n", "field.member"),
            (open.as_str(), "quote not closed"),
        ] {
            let error = rows(bad.as_bytes()).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
