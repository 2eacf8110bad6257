//! Latchkey: an OAuth 2.0 and OpenID Connect provider in one binary. This is `docs/architecture.md` in short.
//!
//! # Bird's-eye view
//!
//! A request passes the edge ([`platform::http::edge`]: bounds, client address, headers, log), comes in at a slice (a
//! folder under [`op`], [`interaction`], [`home`] or [`demo`]), which parses it into a type, asks rules (plain
//! functions), reads and writes through [`model`], mints through [`tokens`] and answers. The SQL store decides whatever
//! must never be wrong; the short-lived store holds what costs a sign-in when it is lost.
//!
//! # Start reading here
//!
//! 1. [`app`]: the composition root and the one list of features; [`op::feature`]: what a feature is.
//! 2. [`op::token`]: `TokenEndpoint::token` reads like RFC 6749 §3.2; then `op/grants/authorization_code/`.
//! 3. [`op::authorize`]: `AuthorizationEndpoint::prepare`, `decide` (one pure function), and `endpoint.rs`, where every
//!    step comes back to.
//! 4. [`tokens`]: `code/store.rs` and `family/store.rs`, where single use is decided, and `mint.rs`.
//!
//! # Map
//!
//! | floor | |
//! |---|---|
//! | [`protocol`] | words of the specifications; pure: `crates/latchkey-protocol` |
//! | [`platform`] | configuration, clock, randomness, stores, cryptography, JOSE, HTTP, egress, texts, telemetry |
//! | [`model`] | clients, people, credentials, sessions, consents, keys, events: rules and queries |
//! | [`pages`] | what pages and emails share: looks, shell, parts, error pages, emails in words |
//! | [`tokens`] | codes, families, access and ID tokens; the only mint |
//! | [`op`] | [`op::Op`], what the provider holds; the endpoints, each with a struct of what it needs; hubs are `client_auth`, `authorize`, `token`, `sign_in` and `proof_by_mail` |
//! | [`interaction`], [`home`], [`demo`] | pages, and a demo relying party that knows what everyone sees |
//! | [`account`] | the account console and its API: a folder per page |
//! | [`admin`] | what administrators do, a function a verb, each with proof that its actor may |
//! | [`cli`], [`server`], [`app`] | commands, listeners, composition |
//!
//! # Invariants
//!
//! `tests/house.rs` asserts the first four.
//!
//! - Imports go down only: slice → pages, tokens → model → platform; everything may use [`protocol`], which is a crate of its
//!   own, as [`platform::jose`] is. Slices never import each other; hubs never import slices; only [`app`] knows them all.
//! - A slice has a struct of its own. Only the files beside the hubs add methods to [`op::Op`], and features are named by
//!   [`platform::config::FeatureName`], never by a text.
//! - SQL lives in files named `store.rs` and in the stores themselves; actix types in `endpoint.rs`, `page.rs`,
//!   `api.rs` and `view.rs`, and in what serves them.
//! - Every fetch passes [`platform::egress`], the demo's and the doctor's apart.
//! - A person changes their account through [`account::owner::Owner::change`] alone: their right is confirmed in the
//!   transaction that writes, and a session begins only by what holds then ([`model::session::still_proven`]).
//! - A redirect needs an [`op::authorize::ReturnTo`], which only its `resolve` makes; a token request's client an
//!   `AuthenticatedClient`, which only [`op::client_auth`] makes; the mint a [`tokens::Authorization`], which has one
//!   constructor a proof.
//! - A store that does not confirm is [`platform::error::Unavailable`], answered 503: never "not found".
//! - What must leave a trace is an outcome, not an `Err`: an `Err` rolls back the revocation that a replay demands.
//!
//! Deliberately absent: `unsafe`; a stored refresh token; a repository layer; a trait with one implementation; http/2;
//! an access token from the authorization endpoint; the password grant; inline scripts; a clock or randomness that does not
//! come in through [`platform::clock`] or [`platform::random`].
#![forbid(unsafe_code)]

pub mod account;
pub mod admin;
pub mod app;
pub mod cli;
#[cfg(feature = "demo")]
pub mod demo;
pub mod home;
pub mod interaction;
pub mod model;
pub mod op;
pub mod pages;
pub mod platform;
pub mod server;
pub mod tokens;

pub use latchkey_protocol as protocol;
