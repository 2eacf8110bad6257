//! Logs, metrics and trace context.

pub mod metrics;
pub mod record;
mod writer;

pub use record::init;
