//! Second factors: an authenticator app, and recovery codes for the day when it is lost.

pub mod recovery_code;
pub mod store;
pub mod totp;

use crate::platform::clock::Time;
use crate::platform::crypto::Sealed;
use crate::protocol::acr::Acr;

/// What a person holds beside a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// An authenticator app: its code is asked for at each sign-in.
    pub authenticator: bool,
    /// A passkey: it is asked for at each sign-in, as a code is.
    pub passkey: bool,
    /// One of them cannot leave its device.
    pub hardware_passkey: bool,
}

impl Means {
    /// Whether the person may reach a class.
    pub const fn reach(self, acr: Acr) -> bool {
        match acr {
            Acr::OneFactor => true,
            Acr::TwoFactors => self.any(),
            Acr::PhishingResistant => self.passkey,
            Acr::PhishingResistantHardware => self.hardware_passkey,
        }
    }

    /// Whether a password alone is not enough.
    pub const fn any(self) -> bool {
        self.authenticator || self.passkey
    }
}

/// An authenticator app of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    pub id: String,
    pub person_id: String,
    /// What the person calls it.
    pub name: String,
    /// The seed, under the master key; opened with [`aad`].
    pub sealed: Sealed,
    /// When it was enrolled.
    pub created_at: Time,
    /// When a code of it was last used.
    pub last_used_at: Option<Time>,
}

/// What the seal of a seed is bound to, so that rows cannot be swapped.
pub fn aad(id: &str, person_id: &str) -> String {
    format!("latchkey|authenticators|{id}|{person_id}")
}
