//! What proves a person: one table by kind. Passwords now.

pub mod choice;
pub mod store;

/// A stored password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordCredential {
    /// The row.
    pub id: String,
    /// A PHC string.
    pub phc: String,
    /// Counts changes.
    pub version: i64,
}
