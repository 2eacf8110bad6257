//! `/account/security`: how a person signs in.

pub mod page;
pub mod preview;
pub mod view;
