//! The outside world for tests: real servers in processes of their own.
//!
//! Each fixture starts its own instance in a temporary folder and on a free port of the loopback interface, waits
//! until it answers, and takes it away again, also when the test process is killed (see [`process`]). Nothing here
//! touches a service that runs on the machine already.
//!
//! A test binary takes it in with `mod support;`, or from another folder with
//! `#[path = "../support/mod.rs"] mod support;`.
#![allow(dead_code, unused_imports)] // a test binary uses some fixtures, not all
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a fixture that fails is a failed test
#![allow(unreachable_pub)] // `pub` here means: for the tests

pub mod chromium;
pub mod foreign_client;
pub mod http;
pub mod latchkey;
pub mod pgbouncer;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod products;
pub mod redis;
pub mod redis_cluster;
pub mod smtp;

pub use chromium::{Chromium, JavaScript, Window};
pub use foreign_client::ForeignClient;
pub use latchkey::Latchkey;
pub use pgbouncer::PgBouncer;
pub use postgres::Postgres;
pub use redis::Redis;
pub use smtp::SmtpServer;
