//! On PostgreSQL: spending a code, looking at who authorized it and starting its family as one statement.

pub(in crate::tokens) mod store;
