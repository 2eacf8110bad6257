//! From spans and events to lines.

use super::line::{Object, Text, escape_into};
use super::queue::Queue;
use crate::platform::config::LogFormat;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Members of a JSON record that are always there, whatever fields an event has.
const RESERVED: [&str; 4] = ["timestamp", "level", "target", "span"];

pub(super) trait Sink: Send + Sync + 'static {
    /// Takes a line with the line break at its end; what is urgent is not kept for others to join it.
    fn take(&self, line: &[u8], urgent: bool);
}

impl Sink for Queue {
    fn take(&self, line: &[u8], urgent: bool) {
        self.push(line, urgent);
    }
}

/// Writes a line for each event.
pub(super) struct Records<T> {
    pub(super) format: LogFormat,
    /// Whether what concerns one connection of a peer that speaks no HTTP is written too.
    pub(super) is_wordy: bool,
    pub(super) sink: T,
}

/// What a span was given.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.set(field, text);
    }
}

impl<S, T> Layer<S> for Records<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    T: Sink,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        thread_local!(static LINE: RefCell<Vec<u8>> = RefCell::default());
        let level = level(event);
        if level == Level::DEBUG && *event.metadata().level() != level && !self.is_wordy {
            return;
        }
        // A value that logs while it is written finds the line taken, and gets one of its own.
        LINE.with(|line| match line.try_borrow_mut() {
            Ok(mut line) => self.tell(event, level, &context, &mut line),
            Err(_) => self.tell(event, level, &context, &mut Vec::new()),
        });
    }
}

impl<T: Sink> Records<T> {
    fn tell<S>(&self, event: &Event<'_>, level: Level, context: &Context<'_, S>, line: &mut Vec<u8>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        line.clear();
        match self.format {
            LogFormat::Json => write_json(event, level, context, line),
            LogFormat::Pretty => write_text(event, level, context, line),
        }
        line.push(b'\n');
        self.sink.take(line, level <= Level::WARN);
        line.shrink_to(16 * 1024);
    }
}

fn write_json<S>(event: &Event<'_>, level: Level, context: &Context<'_, S>, line: &mut Vec<u8>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut object = Object::begin(line, &RESERVED);
    object.reserved("timestamp", &now());
    object.reserved("level", level.as_str());
    event.record(&mut object);
    object.reserved("target", event.metadata().target());
    if let Some(span) = context.event_span(event) {
        object.reserved_raw("span", |out| write_span(out, span.metadata(), span.extensions().get::<Fields>()));
    }
    object.end();
}

fn write_span(out: &mut Vec<u8>, metadata: &'static Metadata<'static>, fields: Option<&Fields>) {
    let mut object = Object::begin(out, &["name"]);
    for (name, value) in fields.into_iter().flat_map(|fields| &fields.0) {
        object.owned_member(name, value);
    }
    object.reserved("name", metadata.name());
    object.end();
}

fn write_text<S>(event: &Event<'_>, level: Level, context: &Context<'_, S>, line: &mut Vec<u8>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut text = String::new();
    let _ = write!(text, "{} {level:>5} ", now());
    for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
        let extensions = span.extensions();
        let fields = extensions.get::<Fields>().into_iter().flat_map(|fields| &fields.0);
        let fields: Vec<String> = fields.map(|(name, value)| format!("{name}={}", bare(value))).collect();
        let _ = write!(text, "{}{{{}}}: ", span.name(), fields.join(" "));
    }
    let mut said = Text::default();
    event.record(&mut said);
    let separator = if said.message.is_empty() || said.fields.is_empty() { "" } else { " " };
    let _ = write!(text, "{}: {}{separator}{}", event.metadata().target(), said.message, said.fields);
    escape_into(line, &text);
}

/// A text without its quotes.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// In UTC, with microseconds (RFC 3339).
fn now() -> String {
    let mut text = String::with_capacity(32);
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// How grave an event is. That a peer spoke no HTTP, or was too slow, is an error to the library that reads it and
/// everyday to us: whoever connects can cause it.
fn level(event: &Event<'_>) -> Level {
    let metadata = event.metadata();
    if metadata.target().starts_with("actix_http::h1") {
        let mut said = Text::default();
        event.record(&mut said);
        if said.message.starts_with("stream error: ") {
            return Level::DEBUG;
        }
    }
    *metadata.level()
}
