//! Traces for an OpenTelemetry collector (OTLP/HTTP 1.x in its JSON form), in builds with the feature `otel`.
//!
//! A span is what the log says of a request already: method, route template, status, time, and the reference of a
//! refusal. No other field leaves, so that no URL, address or secret can.

use crate::platform::clock::{Clock as _, SystemClock};
use crate::platform::config::Telemetry;
use crate::platform::egress::collector::Collector;
use crate::platform::telemetry::metrics;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Spans that may wait. A collector that is away costs memory for so many, and then spans, never a request.
const QUEUE: usize = 4096;
const BATCH: usize = 512;
/// How long the first span of a batch waits for others.
const GATHER: Duration = Duration::from_secs(1);

/// The layer that exports requests, where `telemetry.otlp_endpoint` is set.
pub(super) fn layer<S>(telemetry: &Telemetry) -> Option<impl Layer<S> + use<S>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let endpoint = telemetry.otlp_endpoint.as_deref()?;
    let collector = Collector::new(endpoint).inspect_err(|cause| eprintln!("telemetry.otlp_endpoint: {cause}")).ok()?;
    let (queue, spans) = sync_channel(QUEUE);
    std::thread::Builder::new().name("otlp".to_owned()).spawn(move || export(&spans, &collector)).ok()?;
    Some(Exporting { queue }.with_filter(Targets::new().with_target("latchkey", LevelFilter::INFO)))
}

/// Turns requests into spans, and hands them to the thread that sends.
struct Exporting {
    queue: SyncSender<Request>,
}

/// What is told of a request.
#[derive(Clone, Debug, Default)]
struct Request {
    trace_id: String,
    request_id: String,
    parent_id: Option<String>,
    unsampled: bool,
    method: String,
    route: String,
    status: u64,
    milliseconds: f64,
    reference: Option<String>,
    endpoint: Option<String>,
    error: Option<String>,
    /// When it was answered, in milliseconds since 1970.
    ended: i64,
}

impl Visit for Request {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.status = value;
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "ms" {
            self.milliseconds = value;
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "sampled" {
            self.unsampled = !value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let text = || value.to_owned();
        match field.name() {
            "trace_id" => self.trace_id = text(),
            "request_id" => self.request_id = text(),
            "parent_id" => self.parent_id = Some(text()),
            "method" => self.method = text(),
            "route" => self.route = text(),
            "reference" => self.reference = Some(text()),
            "endpoint" => self.endpoint = Some(text()),
            "error" => self.error = Some(text()),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S> Layer<S> for Exporting
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() == "request"
            && let Some(span) = context.span(id)
        {
            let mut request = Request::default();
            attributes.record(&mut request);
            span.extensions_mut().insert(request);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(request) = span.extensions_mut().get_mut::<Request>()
        {
            values.record(request);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(scope) = context.event_scope(event) else { return };
        for span in scope {
            if let Some(request) = span.extensions_mut().get_mut::<Request>() {
                self.hear(event, request);
            }
        }
    }
}

impl Exporting {
    fn hear(&self, event: &Event<'_>, request: &mut Request) {
        let mut told = Request::default();
        event.record(&mut told);
        if event.metadata().target() == "latchkey::access" {
            event.record(request);
            request.ended = SystemClock.now().millis();
            if !request.unsampled && self.queue.try_send(request.clone()).is_err() {
                metrics::exported("lost", 1);
            }
        } else if told.reference.is_some() {
            (request.reference, request.endpoint, request.error) = (told.reference, told.endpoint, told.error);
        }
    }
}

/// Sends what comes, in batches, for as long as the process lives.
fn export(spans: &Receiver<Request>, collector: &Collector) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let mut answers = true;
    while let Some(batch) = gather(spans) {
        let sent = runtime.block_on(collector.post(body(&batch).to_string()));
        metrics::exported(if sent.is_ok() { "sent" } else { "lost" }, batch.len());
        match &sent {
            Err(cause) if answers => tracing::warn!(%cause, "the trace collector does not accept spans"),
            Ok(()) if !answers => tracing::info!("the trace collector accepts spans again"),
            _ => {}
        }
        answers = sent.is_ok();
    }
}

/// The next batch; none when there will be no more.
fn gather(spans: &Receiver<Request>) -> Option<Vec<Request>> {
    let mut batch = vec![spans.recv().ok()?];
    let until = Instant::now() + GATHER;
    while batch.len() < BATCH
        && let Ok(span) = spans.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        batch.push(span);
    }
    Some(batch)
}

fn body(batch: &[Request]) -> Value {
    let resource = [text("service.name", "latchkey"), text("service.version", env!("CARGO_PKG_VERSION"))];
    let spans: Vec<Value> = batch.iter().map(span).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": {"name": "latchkey"}, "spans": spans}],
    }]})
}

/// A server span, by the semantic conventions for HTTP.
fn span(request: &Request) -> Value {
    let matched = Some(request.route.as_str()).filter(|route| *route != "unmatched");
    let status = request.status.to_string();
    let mut attributes = vec![
        text("http.request.method", &request.method),
        json!({"key": "http.response.status_code", "value": {"intValue": status}}),
    ];
    let failed = request.status >= 500;
    let more = [
        ("http.route", matched),
        ("error.type", failed.then_some(status.as_str())),
        ("latchkey.reference", request.reference.as_deref()),
        ("latchkey.endpoint", request.endpoint.as_deref()),
        ("latchkey.error", request.error.as_deref()),
    ];
    attributes.extend(more.into_iter().filter_map(|(key, value)| Some(text(key, value?))));
    let ended = i128::from(request.ended) * 1_000_000;
    #[allow(clippy::cast_possible_truncation, reason = "microseconds of one request")]
    let took = (request.milliseconds * 1_000_000.0) as i128;
    let mut span = json!({
        "traceId": request.trace_id,
        "spanId": request.request_id,
        "name": matched.map_or_else(|| request.method.clone(), |route| format!("{} {route}", request.method)),
        "kind": 2,
        "startTimeUnixNano": (ended - took).to_string(),
        "endTimeUnixNano": ended.to_string(),
        "attributes": attributes,
        "status": if failed { json!({"code": 2}) } else { json!({}) },
    });
    if let (Some(parent), Some(members)) = (&request.parent_id, span.as_object_mut()) {
        members.insert("parentSpanId".to_owned(), parent.as_str().into());
    }
    span
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt as _;

    fn exported(work: impl FnOnce()) -> Vec<Value> {
        let (queue, spans) = sync_channel(8);
        tracing::subscriber::with_default(Registry::default().with(Exporting { queue }), work);
        spans.try_iter().map(|request| span(&request)).collect()
    }

    fn access(route: &str, status: u16) {
        tracing::info!(target: "latchkey::access", method = "POST", route, status, ms = 1.5, client = "192.0.2.1", "request");
    }

    fn value<'a>(span: &'a Value, key: &str) -> Option<&'a Value> {
        span["attributes"].as_array().unwrap().iter().find(|one| one["key"] == key).map(|one| &one["value"])
    }

    #[test]
    fn a_request_becomes_a_server_span_with_its_refusal_and_nothing_else() {
        let spans = exported(|| {
            let span = tracing::error_span!("request", trace_id = "4bf9", request_id = "00f0", parent_id = "1111");
            span.in_scope(|| {
                tracing::warn!(reference = %"LK-ABCDEFGH", endpoint = "token", error = "invalid_grant", sent = "secret", "refused");
                access("/token", 400);
            });
        });
        let [span] = &spans[..] else { panic!("{spans:?}") };
        assert_eq!(
            (&span["traceId"], &span["spanId"], &span["parentSpanId"]),
            (&"4bf9".into(), &"00f0".into(), &"1111".into())
        );
        assert_eq!((&span["name"], &span["kind"]), (&"POST /token".into(), &2.into()));
        assert_eq!(value(span, "latchkey.reference").unwrap()["stringValue"], "LK-ABCDEFGH");
        assert_eq!(value(span, "latchkey.error").unwrap()["stringValue"], "invalid_grant");
        assert_eq!(value(span, "http.response.status_code").unwrap()["intValue"], "400");
        let (start, end): (i128, i128) =
            ["startTimeUnixNano", "endTimeUnixNano"].map(|name| span[name].as_str().unwrap().parse().unwrap()).into();
        assert_eq!(end - start, 1_500_000);
        assert!(!span.to_string().contains("secret") && !span.to_string().contains("192.0.2.1"));
    }

    #[test]
    fn what_the_caller_does_not_sample_stays_here_and_an_unmatched_path_has_no_route() {
        let spans = exported(|| {
            tracing::error_span!("request", trace_id = "a", request_id = "b", sampled = false)
                .in_scope(|| access("/token", 200));
            tracing::error_span!("request", trace_id = "c", request_id = "d").in_scope(|| access("unmatched", 503));
        });
        assert_eq!(spans.len(), 1);
        assert_eq!((&spans[0]["name"], &spans[0]["status"]["code"]), (&"POST".into(), &2.into()));
        assert!(value(&spans[0], "http.route").is_none() && spans[0].get("parentSpanId").is_none());
    }
}
