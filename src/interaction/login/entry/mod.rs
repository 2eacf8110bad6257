//! The only way into a session: whatever proved the person, the second factor is asked for here.

pub(super) mod page;
mod start;
