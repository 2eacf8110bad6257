//! What proves a person: passwords, and passkeys.

pub mod choice;
pub mod passkey;
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
