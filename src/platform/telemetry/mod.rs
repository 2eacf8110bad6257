//! Logs, metrics and trace context.

mod layer;
mod line;
pub mod metrics;
#[cfg(feature = "otel")]
mod otlp;
mod queue;
pub mod record;

pub use queue::Logging;
pub use record::init;
