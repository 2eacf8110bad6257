//! Logs, metrics and trace context.

pub mod metrics;
#[cfg(feature = "otel")]
mod otlp;
pub mod record;
mod writer;

pub use record::init;
