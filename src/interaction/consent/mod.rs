//! Consent.

pub mod view;
