//! Structured logs on standard error.

use super::layer::{Records, Sink};
use super::queue::{Logging, Queue};
use crate::platform::client_ip::ClientIp;
use crate::platform::config::{Log, LogLevel, Telemetry};
use actix_web::http::{Method, StatusCode};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// Starts logging for this process, and logs where it panics; exports traces where `telemetry` says so. A second call
/// changes nothing. What it returns is kept until the process has nothing more to say.
#[cfg_attr(not(feature = "otel"), allow(unused_variables))]
pub fn init(log: &Log, telemetry: &Telemetry) -> Logging {
    let Ok((queue, logging)) = Queue::start(io::stderr()) else { return Logging::none() };
    let subscriber = Registry::default().with(layer(log, queue));
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(super::otlp::layer(telemetry));
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        return Logging::none();
    }
    // The place only: a panic's message may quote what a client sent.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    logging
}

/// What `work` logs, as it would be written: for tests, which read it again.
pub fn written(log: &Log, work: impl FnOnce()) -> Vec<u8> {
    let lines = Lines::default();
    tracing::subscriber::with_default(Registry::default().with(layer(log, lines.clone())), work);
    std::mem::take(&mut lines.0.lock().unwrap_or_else(PoisonError::into_inner))
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Sink for Lines {
    fn take(&self, line: &[u8], _: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
    }
}

fn layer<S>(log: &Log, sink: impl Sink) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let is_wordy = matches!(log.level, LogLevel::Debug | LogLevel::Trace);
    Records { format: log.format, is_wordy, sink }.with_filter(filter(log.level))
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
    use crate::platform::config::LogFormat;
    use crate::platform::jose::parse_object;

    fn logged(format: LogFormat, level: LogLevel, work: impl FnOnce()) -> String {
        String::from_utf8(written(&Log { format, level }, work)).unwrap()
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

    #[test]
    fn a_json_record_is_json_whatever_was_sent_and_no_member_comes_twice() {
        let odd: String = (0..0x2100).chain(0xfff0..0x1_0010).filter_map(char::from_u32).collect();
        let text = logged(LogFormat::Json, LogLevel::Info, || {
            let span = tracing::error_span!("request", sent = %odd, name = "other", parent_id = tracing::field::Empty);
            span.record("parent_id", "first");
            span.record("parent_id", "second");
            span.in_scope(|| {
                tracing::warn!(sent = %odd, level = "odd", target = 7, span = true, timestamp = -1.5, "{odd}");
                tracing::warn!(sent = ?odd, message = "a field", "and a text");
            });
        });
        assert_eq!(text.lines().count(), 2);
        for line in text.lines() {
            // This reader refuses a member that comes twice.
            let object = parse_object(line.as_bytes()).unwrap();
            assert_eq!((&object["level"], &object["span"]["name"]), (&"WARN".into(), &"request".into()));
            assert_eq!(
                (&object["span"]["sent"], &object["span"]["parent_id"]),
                (&odd.clone().into(), &"second".into())
            );
            assert!(
                line.chars()
                    .all(|character| !character.is_control() && !('\u{202a}'..='\u{202e}').contains(&character))
            );
        }
        let first = parse_object(text.lines().next().unwrap().as_bytes()).unwrap();
        assert_eq!((&first["sent"], &first["message"]), (&odd.clone().into(), &odd.into()));
        assert_eq!((&first["level_"], &first["target_"], &first["span_"]), (&"odd".into(), &7.into(), &true.into()));
    }

    #[test]
    fn a_peer_that_speaks_no_http_is_no_error_of_ours() {
        let garbage = || {
            tracing::error!(target: "actix_http::h1::dispatcher", "stream error: {}", "Invalid Header provided");
            tracing::error!(target: "actix_http::h1::dispatcher", "Response payload stream error: {}", "ours");
        };
        for format in [LogFormat::Json, LogFormat::Pretty] {
            let usual = logged(format, LogLevel::Info, garbage);
            assert!(usual.lines().count() == 1 && usual.contains("ours") && usual.contains("ERROR"), "{usual}");
            let wordy = logged(format, LogLevel::Debug, garbage);
            assert!(wordy.lines().next().unwrap().contains("DEBUG"), "{wordy}");
        }
    }
}
