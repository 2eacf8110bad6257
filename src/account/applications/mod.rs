//! `/account/applications`: what a person lets in.

pub mod page;
pub mod preview;
pub mod view;
