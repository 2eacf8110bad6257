//! Imports of people: how far one came, kept in the transactions of its rows, so that one that was cut off goes on
//! exactly where it stopped.

pub mod store;

/// What came of the rows of a file so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows that are done with, bad ones too.
    pub done: i64,
    /// People who are new.
    pub created: i64,
    /// People who are another than before.
    pub updated: i64,
    /// People who were so already.
    pub unchanged: i64,
    /// Rows that were not taken.
    pub refused: i64,
}
