//! The database that was lost, where it can still be read: what it refused, the one that serves now refuses too.

pub mod store;

use crate::model::user::UserStatus;
use crate::platform::clock::Time;
use serde::Serialize;

/// What a witness says.
#[derive(Clone, Debug, Default)]
pub struct Testimony {
    /// Proves that it is the same provider's: when its pepper was made.
    pub(super) pepper_made_at: Option<i64>,
    pub(super) newest_event: Option<i64>,
    pub(super) people: Vec<(String, UserStatus, Option<Time>)>,
    pub(super) clients: Vec<(String, bool)>,
    pub(super) revoked_keys: Vec<String>,
    /// Credential, person and hash of passwords that were set lately.
    pub(super) passwords: Vec<(String, String, String)>,
}

/// How much of it was news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TakenOver {
    /// People who may no longer sign in.
    pub people: usize,
    /// Applications that are disabled; those that the witness no longer has too.
    pub applications: usize,
    /// Keys that are revoked.
    pub keys: usize,
    /// Passwords that were changed.
    pub passwords: usize,
}

/// Why a witness is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// Its pepper is not ours.
    #[error("it is the database of another provider")]
    Foreign,
    /// Its newest event is older than ours.
    #[error("it is older than the database that serves now")]
    Older,
}
