//! The home page: the signed-in person, applications to start, and in development a guided tour.

pub mod page;
pub mod preview;
mod start;
mod store;
pub mod view;
