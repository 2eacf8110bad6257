//! The home page: who is signed in, at which applications a login can begin, and in development a guided tour.

pub mod page;
pub mod preview;
mod start;
mod store;
pub mod view;
