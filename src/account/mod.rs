//! The account: what a person sees and changes of their own, a folder a feature. In each are its page, its API
//! (`/api/account/v1`), its rule and its queries; what several of them share stands in the files beside them, and
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
