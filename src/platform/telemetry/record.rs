//! Structured logs on standard error.

use super::writer::Escaping;
use crate::platform::config::{Log, LogFormat, LogLevel, Telemetry};
use crate::platform::http::client_ip::ClientIp;
use actix_web::http::{Method, StatusCode};
use std::io;
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt};

/// Starts logging for this process, and logs where it panics; exports traces where `telemetry` says so. A second call
/// changes nothing.
#[cfg_attr(not(feature = "otel"), allow(unused_variables))]
pub fn init(log: &Log, telemetry: &Telemetry) {
    let subscriber = Registry::default().with(layer(log, || Escaping(io::stderr())));
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(super::otlp::layer(telemetry));
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        // The place only: a panic's message may quote what a client sent.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "panicked");
        }));
    }
}

fn layer<S, W>(log: &Log, writer: impl Fn() -> W + Send + Sync + 'static) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: io::Write + 'static,
{
    // Colours would be control characters.
    let plain = fmt::layer().with_writer(writer).with_ansi(false);
    let layer: Box<dyn Layer<S> + Send + Sync> = match log.format {
        LogFormat::Pretty => plain.boxed(),
        LogFormat::Json => plain.json().flatten_event(true).with_span_list(false).boxed(),
    };
    layer.with_filter(filter(log.level))
}

fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    // Libraries log headers and statements below `warn`.
    Targets::new().with_target("latchkey", ours).with_default(ours.min(LevelFilter::WARN))
}

/// The access log line of one request: the route's template, never the path or query that was sent. Trace and
/// request id are those of the span around it.
pub fn answered(method: &Method, route: &str, status: StatusCode, elapsed: Duration, client: ClientIp) {
    let milliseconds = f64::from(u32::try_from(elapsed.as_micros()).unwrap_or(u32::MAX)) / 1000.0;
    let (method, status) = (super::metrics::method(method), status.as_u16());
    tracing::info!(target: "latchkey::access", method, route, status, ms = milliseconds, client = %client, "request");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: LogLevel, work: impl FnOnce()) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = Registry::default().with(layer(&Log { format, level }, move || Escaping(sink.clone())));
        tracing::subscriber::with_default(subscriber, work);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    fn one_request() {
        let span = tracing::error_span!("request", trace_id = "4bf9");
        let client = ClientIp::new("192.0.2.1".parse().unwrap());
        span.in_scope(|| answered(&Method::GET, "/token", StatusCode::OK, Duration::from_micros(1500), client));
    }

    #[test]
    fn a_json_record_carries_the_request_and_its_trace() {
        let line: serde_json::Value =
            serde_json::from_str(&logged(LogFormat::Json, LogLevel::Info, one_request)).unwrap();
        assert_eq!((&line["method"], &line["route"]), (&"GET".into(), &"/token".into()));
        assert_eq!((&line["status"], &line["ms"], &line["client"]), (&200.into(), &1.5.into(), &"192.0.2.1".into()));
        assert_eq!((&line["level"], &line["span"]["trace_id"]), (&"INFO".into(), &"4bf9".into()));
    }

    #[test]
    fn a_pretty_record_is_one_line_without_control_characters() {
        let text = logged(LogFormat::Pretty, LogLevel::Info, || {
            one_request();
            tracing::warn!(sent = %"a\nb\u{1b}[31m", "odd");
        });
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.lines().all(|line| !line.chars().any(char::is_control)), "{text:?}");
        assert!(text.contains("4bf9") && text.contains("client=192.0.2.1"), "{text}");
    }

    #[test]
    fn libraries_are_heard_from_warn_on_only() {
        let text = logged(LogFormat::Pretty, LogLevel::Trace, || {
            tracing::info!(target: "hyper::proto", "authorization: secret");
            tracing::warn!(target: "hyper::proto", "trouble");
            tracing::trace!(target: "latchkey::op", "detail");
        });
        assert!(!text.contains("secret") && text.contains("trouble") && text.contains("detail"), "{text}");
        assert_eq!(logged(LogFormat::Pretty, LogLevel::Error, || tracing::warn!(target: "hyper", "trouble")), "");
    }
}
