//! Latchkey as it runs: the real binary in processes of its own, real browsers, real clients, real stores, and what
//! is done to them. Nothing in here reaches into the code under test.
#![allow(unreachable_pub, missing_docs)] // nothing outside reads it
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails says so

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod browser;
mod clients;
mod conformance;
mod faults;
mod history;
mod load;
mod log;
mod logout;
#[cfg(feature = "otel")]
mod otlp;
mod party;
mod passkeys;
mod person;
mod products;
mod proxy;
mod replicas;
mod stage;
mod tls;
mod wire;
