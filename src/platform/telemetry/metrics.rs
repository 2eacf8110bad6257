//! Figures for Prometheus. Every label has a bounded set of values: route templates, status classes, methods and
//! error codes that the code itself knows; never what a client wrote.

use actix_web::http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

/// Upper bounds in seconds: a cached document takes well below a millisecond, a sign-in some 50.
const BUCKETS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often samples are folded together, so that they don't pile up where nobody fetches them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Exports the metrics. Until one exists, counting costs almost nothing.
#[derive(Clone)]
pub struct Exporter(PrometheusHandle);

impl Exporter {
    /// Starts counting for this process; every later call gives the same exporter.
    pub fn install() -> Result<Self, BuildError> {
        static INSTALLED: OnceLock<Exporter> = OnceLock::new();
        if let Some(exporter) = INSTALLED.get() {
            return Ok(exporter.clone());
        }
        let exporter = Self(PrometheusBuilder::new().set_buckets(BUCKETS)?.install_recorder()?);
        describe();
        let handle = exporter.0.clone();
        let upkeep = move || {
            loop {
                std::thread::sleep(UPKEEP);
                handle.run_upkeep();
            }
        };
        std::thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(upkeep)
            .map_err(|cause| BuildError::FailedToCreateRuntime(cause.to_string()))?;
        Ok(INSTALLED.get_or_init(|| exporter).clone())
    }

    /// All figures in the Prometheus text format, `text/plain; version=0.0.4`.
    pub fn render(&self) -> String {
        self.0.render()
    }
}

fn describe() {
    metrics::describe_counter!("latchkey_http_requests_total", "Answered requests by method, route and status class.");
    metrics::describe_histogram!("latchkey_http_request_seconds", "Time from request head to answer, by route.");
    metrics::describe_counter!("latchkey_refusals_total", "Refused requests by endpoint and error code.");
    metrics::describe_counter!("latchkey_outbox_attempts_total", "Attempts to send a message, by kind and outcome.");
    metrics::describe_gauge!("latchkey_outbox_pending", "Messages queued in the outbox, as this server last saw them.");
    metrics::describe_gauge!("latchkey_ready", "Whether each part that this server needs works: 1 or 0.");
    metrics::describe_counter!("latchkey_tls_reloads_total", "Reloads of the TLS certificate, by outcome.");
    metrics::describe_counter!("latchkey_panics_total", "Requests that ended in a panic: each is a bug to report.");
    metrics::describe_counter!("latchkey_log_records_lost_total", "Log records that could not be written.");
    // From zero on, so that an alarm sees the first one as a rise.
    metrics::counter!("latchkey_panics_total").absolute(0);
    metrics::counter!("latchkey_log_records_lost_total").absolute(0);
}

/// Counts an answer. `route` is the route's template.
pub fn answered(method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
    let labels = [
        ("method", self::method(method).to_owned()),
        ("route", route.to_owned()),
        ("status", class(status).to_owned()),
    ];
    metrics::counter!("latchkey_http_requests_total", &labels).increment(1);
    metrics::histogram!("latchkey_http_request_seconds", "route" => route.to_owned()).record(elapsed);
}

/// Counts a refusal by a rule: `code` is the specification's word, such as `invalid_grant`.
pub fn refused(endpoint: &'static str, code: &'static str) {
    metrics::counter!("latchkey_refusals_total", "endpoint" => endpoint, "error" => code).increment(1);
}

/// Counts an answer whose tokens went through the browser.
pub fn front_channel(response_type: &'static str) {
    metrics::counter!("latchkey_front_channel_tokens_total", "response_type" => response_type).increment(1);
}

/// Counts an attempt to send a message: `delivered`, `refused`, `failed` (to be tried again) or `expired`.
pub fn sent(kind: &'static str, outcome: &'static str) {
    metrics::counter!("latchkey_outbox_attempts_total", "kind" => kind, "outcome" => outcome).increment(1);
}

/// Sets the number of queued messages.
pub fn pending(count: i64) {
    metrics::gauge!("latchkey_outbox_pending").set(f64::from(i32::try_from(count).unwrap_or(i32::MAX)));
}

/// Tells whether a part that requests need is ready: it takes writes, or it is right.
pub fn ready(part: &'static str, is_ready: bool) {
    metrics::gauge!("latchkey_ready", "part" => part).set(if is_ready { 1.0 } else { 0.0 });
}

/// Counts a certificate that lay in the place of the one that is served: `taken` up, or `refused`.
pub fn certificate(outcome: &'static str) {
    metrics::counter!("latchkey_tls_reloads_total", "outcome" => outcome).increment(1);
}

/// Counts spans that a collector of traces took (`sent`), or never will (`lost`).
#[cfg(feature = "otel")]
pub(super) fn exported(outcome: &'static str, spans: usize) {
    metrics::counter!("latchkey_otlp_spans_total", "outcome" => outcome).increment(u64::try_from(spans).unwrap_or(0));
}

/// Counts a panic that the edge caught.
pub fn panicked() {
    metrics::counter!("latchkey_panics_total").increment(1);
}

/// Counts log records that could not be written.
pub(super) fn records_lost(number: u64) {
    metrics::counter!("latchkey_log_records_lost_total").increment(number);
}

/// The method as a word of a fixed list.
pub(super) fn method(method: &Method) -> &'static str {
    const KNOWN: &[(&Method, &str)] = &[
        (&Method::GET, "GET"),
        (&Method::POST, "POST"),
        (&Method::HEAD, "HEAD"),
        (&Method::OPTIONS, "OPTIONS"),
        (&Method::PUT, "PUT"),
        (&Method::PATCH, "PATCH"),
        (&Method::DELETE, "DELETE"),
    ];
    KNOWN.iter().find(|(known, _)| *known == method).map_or("other", |(_, word)| word)
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_rendered_with_bounded_labels() {
        let exporter = Exporter::install().unwrap();
        let odd = Method::from_bytes(b"EVIL").unwrap();
        answered(&odd, "/counted/{id}", StatusCode::NOT_FOUND, Duration::from_millis(3));
        refused("token", "invalid_grant");
        panicked();
        let text = Exporter::install().unwrap().render();
        for line in [
            "latchkey_http_requests_total{method=\"other\",route=\"/counted/{id}\",status=\"4xx\"} 1",
            "latchkey_http_request_seconds_bucket{route=\"/counted/{id}\",le=\"0.005\"} 1",
            "latchkey_refusals_total{endpoint=\"token\",error=\"invalid_grant\"} 1",
            "# HELP latchkey_panics_total",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(!text.contains("EVIL"));
        drop(exporter);
    }
}
