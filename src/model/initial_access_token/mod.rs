//! Initial access tokens (RFC 7591 §3): an operator's permission to register clients.

pub mod store;

use crate::platform::clock::Time;

/// One that was given out. The token itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialAccessToken {
    /// Names it to the operator.
    pub id: String,
    /// What the operator noted about it.
    pub note: String,
    /// How many registrations are left; `None` is any number.
    pub uses_left: Option<i64>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends; `None` is never.
    pub expires_at: Option<Time>,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

impl InitialAccessToken {
    /// Whether it still lets a client register.
    pub fn is_good(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.uses_left != Some(0) && self.expires_at.is_none_or(|end| end > now)
    }
}
