//! The home page: who is signed in, at which applications a login can begin, and in development a guided tour.

pub mod page;
mod start;
mod store;
pub mod view;
