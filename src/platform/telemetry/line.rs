//! A record as one line, whatever its content (PLT-05): client input can neither start a new line nor move a
//! terminal's cursor nor turn the direction of writing.

use crate::protocol::visible;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::borrow::Cow;
use std::fmt::{self, Debug, Write as _};
use std::io;
use tracing::field::{Field, Visit};

/// Control characters, line separators, and those that turn the direction of writing.
fn is_unsafe(character: char) -> bool {
    visible::controls(character) || visible::turns(character)
}

/// JSON in which unsafe characters are escaped beyond what RFC 8259 §7 asks for.
struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, found)) = rest.char_indices().find(|(_, character)| is_unsafe(*character)) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            // All of them lie in the basic plane, so one escape is enough.
            write!(writer, "\\u{:04x}", u32::from(found))?;
            rest = from.get(found.len_utf8()..).unwrap_or_default();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let before = out.len();
    if value.serialize(&mut Serializer::with_formatter(&mut *out, OneLine)).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

/// A JSON object whose members have different names (RFC 8259 §4): one that comes again gets an underscore.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    names: Vec<Cow<'static, str>>,
}

impl<'a> Object<'a> {
    /// Begins one, in which `reserved` names are still to come.
    pub(super) fn begin(out: &'a mut Vec<u8>, reserved: &[&'static str]) -> Self {
        out.push(b'{');
        let mut names = Vec::with_capacity(16);
        names.extend(reserved.iter().copied().map(Cow::Borrowed));
        Self { out, names }
    }

    /// Writes a member with a name that was reserved.
    pub(super) fn reserved<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.key(name);
        write_json(self.out, value);
    }

    /// Writes a member with a name that was reserved; `value` writes its JSON.
    pub(super) fn reserved_raw(&mut self, name: &str, value: impl FnOnce(&mut Vec<u8>)) {
        self.key(name);
        value(self.out);
    }

    /// Writes a member whose name is not the code's own.
    pub(super) fn owned_member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.unique(Cow::Owned(name.to_owned()), value);
    }

    pub(super) fn member<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.unique(Cow::Borrowed(name), value);
    }

    fn unique<T: Serialize + ?Sized>(&mut self, mut name: Cow<'static, str>, value: &T) {
        while self.names.contains(&name) {
            name.to_mut().push('_');
        }
        self.key(&name);
        self.names.push(name);
        write_json(self.out, value);
    }

    pub(super) fn end(self) {
        self.out.push(b'}');
    }

    fn key(&mut self, name: &str) {
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        write_json(self.out, name);
        self.out.push(b':');
    }
}

impl Visit for Object<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field.name(), &value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field.name(), &value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field.name(), &value);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field.name(), &value);
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field.name(), value);
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Not by `format_args!`: serde_json panics where a `Debug` gives up half-way.
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.member(field.name(), &text);
    }
}

/// Fields for people: `name=value`, the message first and bare.
#[derive(Default)]
pub(super) struct Text {
    pub(super) message: String,
    pub(super) fields: String,
}

impl Text {
    fn field(&mut self, name: &str, value: fmt::Arguments<'_>) {
        let separator = if self.fields.is_empty() { "" } else { " " };
        let _ = write!(self.fields, "{separator}{name}={value}");
    }
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.field(field.name(), format_args!("{value:?}"));
        }
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.field(field.name(), format_args!("{value:?}"));
        }
    }
}

/// Escapes what is unsafe the way Rust does.
pub(super) fn escape_into(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return out.extend_from_slice(text.as_bytes());
    }
    for character in text.chars() {
        if is_unsafe(character) {
            out.extend_from_slice(format!("\\u{{{:x}}}", u32::from(character)).as_bytes());
        } else {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_line_stays_one_line() {
        let escaped = |text: &str| {
            let mut out = Vec::new();
            escape_into(&mut out, text);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(escaped("plain é 字"), "plain é 字");
        assert_eq!(escaped("a\nINFO forged"), "a\\u{a}INFO forged");
        assert_eq!(escaped("\u{1b}[2J\r\u{9b}\u{7f}\u{202e}"), "\\u{1b}[2J\\u{d}\\u{9b}\\u{7f}\\u{202e}");
    }

    #[test]
    fn rfc8259_4_names_within_an_object_are_unique() {
        let mut out = Vec::new();
        let mut object = Object::begin(&mut out, &["level"]);
        object.member("level", "theirs");
        object.member("level", "again");
        object.member("a", &1);
        object.member("a", &2);
        object.reserved("level", "INFO");
        object.end();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"{"level_":"theirs","level__":"again","a":1,"a_":2,"level":"INFO"}"#);
    }

    #[test]
    fn rfc8259_7_what_is_unsafe_in_a_text_is_escaped_as_json_does() {
        let mut out = Vec::new();
        write_json(&mut out, "a\"\\\n\u{1b}\u{7f}\u{9b}é\u{202e}\u{2028}字");
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#""a\"\\\n\u001b\u007f\u009bé\u202e\u2028字""#);
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "a\"\\\n\u{1b}\u{7f}\u{9b}é\u{202e}\u{2028}字");
    }

    #[test]
    fn a_number_that_json_lacks_is_null() {
        let mut out = Vec::new();
        write_json(&mut out, &f64::NAN);
        assert_eq!(out, b"null");
    }
}
