//! The account console: what a person sees and changes of their own account, a folder per page. What pages and API do
//! alike stands in the files beside them.

pub mod activity;
pub mod address_book;
pub mod addresses;
pub mod api;
pub mod appearance;
pub mod appearance_choice;
pub mod applications;
pub mod authenticator;
pub mod authenticator_changes;
pub mod authenticator_offer;
pub mod data;
pub mod departure;
use crate::op::feature::{Feature, Sweep};
use crate::platform::config::FeatureName;
pub use crate::platform::device;
pub mod export;
pub mod home;
pub mod new_password;
pub mod passkey_changes;
pub mod passkeys;
pub mod preview;
pub mod profile;
pub mod profile_fields;
pub mod recovery_codes;
pub mod security;
pub mod seen;
pub mod sessions;
pub mod store;
pub mod take_back;
pub mod view;
pub mod visit;
pub mod without_password;

/// The account console; its pages are parts.
pub fn feature() -> Feature {
    Feature {
        root_routes: security::page::root_routes,
        sweeps: vec![Sweep { tables: &["people"], run: |tx, due| departure::delete_due(tx, due.now, due.limit) }],
        ..Feature::new(FeatureName::Account)
    }
}
