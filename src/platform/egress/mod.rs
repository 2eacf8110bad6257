//! The one guard that every outgoing fetch passes.
