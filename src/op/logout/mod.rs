//! RP-Initiated Logout.

pub mod view;
