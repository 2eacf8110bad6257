//! What proves a person: passwords, and passkeys.

pub mod choice;
pub mod common;
pub mod passkey;
pub mod store;

/// A stored password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordCredential {
    /// The row.
    pub id: String,
    /// A PHC string, or a hash that came with an import (`platform::password::import`).
    pub phc: String,
    /// Counts changes.
    pub version: i64,
}
