//! The home page: who is signed in, and in development a guided tour.

pub mod page;
pub mod view;
