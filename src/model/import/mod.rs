//! Imports of people: the progress, stored in the transactions of the rows, so that an interrupted one continues
//! exactly where it stopped.

pub mod store;

/// The results of a file's rows so far.
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
