//! A person who asked to be deleted comes back in time: the account is theirs again if they say so.

pub mod page;
pub(super) mod preview;
pub mod view;
