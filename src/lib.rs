//! Latchkey: an OAuth 2.0 and OpenID Connect provider in one binary.
//!
//! # Bird's-eye view
//!
//! A request comes in at a slice (a folder under [`op`], [`interaction`], [`home`] or [`demo`]), which parses it
//! into a type, asks rules (plain functions), reads and writes through [`model`], mints through [`tokens`] and
//! answers. Imports go down only: slice → tokens → model → platform; everything may use [`protocol`], which
//! imports nothing of the crate. `tests/house.rs` asserts it.
//!
//! Start reading at [`app`], the one list of features, then `op/token/` and `op/authorize/`.
#![forbid(unsafe_code)]

pub mod app;
pub mod cli;
pub mod demo;
pub mod home;
pub mod interaction;
pub mod model;
pub mod op;
pub mod platform;
pub mod protocol;
pub mod server;
pub mod tokens;
