//! The account: what people see and change themselves, a folder per feature. In each are its page, its API
//! (`/api/account/v1`), its rules and its queries; what several of them share is in the files beside them, and
//! `feature.rs` lists them all.

pub mod activity;
pub mod addresses;
pub mod api;
pub mod appearance;
pub mod applications;
pub mod authenticator;
pub mod caller;
pub mod codes;
pub mod deletion;
pub mod export;
pub mod feature;
pub mod home;
pub mod owner;
pub mod passkeys;
pub mod password;
pub mod preview;
pub mod profile;
pub mod recovery_codes;
pub mod safety;
pub mod security;
pub mod sessions;
pub mod store;
pub mod view;
pub mod visit;
