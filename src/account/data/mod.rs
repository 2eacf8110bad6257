//! `/account/data`: a copy of everything, and `/account/data/delete`.

pub mod page;
pub mod preview;
pub mod view;
