//! A person whose account is marked for deletion signs in: they can keep the account.

pub mod page;
pub(super) mod preview;
pub mod view;
