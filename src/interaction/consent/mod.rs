//! Consent: what a person allows a client.

pub mod page;
pub mod preview;
pub mod view;
