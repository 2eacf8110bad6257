//! The provider through HTTP: a file per specification, each test a sentence that its name cites.
//! Every sentence runs on SQLite with the embedded ephemeral store and on PostgreSQL with Redis.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails says so
#![allow(clippy::disallowed_methods)] // the actors are outsiders: they fetch past the provider's own doors
#![allow(unreachable_pub, missing_docs, dead_code)] // `pub` here means: for the sentences

#[path = "../support/mod.rs"]
mod outside;
#[macro_use]
mod support;

mod account_api;
mod account_console;
mod account_home;
mod account_leaving;
mod addresses;
mod consent;
mod events;
mod faults;
mod housekeeping;
mod interactions;
mod late;
mod letters;
mod looks;
mod mail;
mod mail_code;
mod mail_limits;
mod malformed;
mod names;
mod no_step_is_skipped;
mod oauth_response_types;
mod oidc_backchannel_logout;
mod oidc_core_authentication;
mod oidc_core_claims;
mod oidc_core_encryption;
mod oidc_core_request_objects;
mod oidc_core_subjects;
mod oidc_core_third_party_login;
mod oidc_discovery;
mod oidc_frontchannel_logout;
mod oidc_registration;
mod oidc_rp_initiated_logout;
mod oidc_session_management;
mod oidc_userinfo;
mod one_time_links;
mod outbox;
mod oxide_auth_differential;
mod passkeys;
mod passwords;
mod pictures;
mod profile_schema;
mod recovery;
mod redis_cluster;
mod refusals;
mod rfc6749_authorize;
mod rfc6749_client_credentials;
mod rfc6749_token;
mod rfc6750_protected_resources;
mod rfc7009_revocation;
mod rfc7517_keys;
mod rfc7518_algorithms;
mod rfc7523_client_secret_jwt;
mod rfc7523_private_key_jwt;
mod rfc7591_registration;
mod rfc7592_management;
mod rfc7636_pkce;
mod rfc7662_introspection;
mod rfc8707_resources;
mod rfc9068_access_tokens;
mod rfc9207_iss;
mod rfc9700_codes;
mod rfc9700_open_redirects;
mod rfc9700_refresh;
mod second_factors;
mod sign_in;
mod signup;
mod stock_settings;
mod tabs;
mod timing;
mod unavailable;
