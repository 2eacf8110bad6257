//! What a copy of a person's data is made of.

pub(in crate::account) mod store;
