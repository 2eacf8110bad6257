//! Sessions. A cookie names a browser; a browser holds several sessions, one a person; the row in SQL is the record.

mod acr;
mod browser;
mod browser_state;
mod grounds;
pub mod store;

pub use acr::{amr, reached};
pub use browser::{Browser, BrowserSession, Browsers};
pub use browser_state::{browser_state, session_state};
pub use grounds::{Grounds, ProvenFactor, still_proven};

use crate::platform::clock::Time;
use crate::platform::crypto::Pepper;
use base64::Engine as _;
use serde::{Deserialize, Serialize};

/// How a person proved who they are (RFC 8176 names go into `amr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    Password,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    RecoveryCode,
    /// A code that was sent by mail.
    EmailCode,
    /// A passkey (Web Authentication).
    Passkey {
        /// The device made sure by PIN or biometry that it is its owner: a second factor in itself.
        user_verified: bool,
        /// The key cannot leave its device, as one that is backed up can.
        #[serde(default)]
        hardware_bound: bool,
    },
}

impl AuthenticationMethod {
    /// The values in `amr` (RFC 8176 §2). A recovery code has none.
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::Totp | Self::EmailCode => &["otp"],
            Self::RecoveryCode => &[],
            Self::Passkey { hardware_bound: true, .. } => &["hwk", "user"],
            Self::Passkey { hardware_bound: false, .. } => &["swk", "user"],
        }
    }
}

/// One proof, and when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    pub method: AuthenticationMethod,
    pub at: Time,
}

/// When the person authenticated (`auth_time`): the age of the oldest proof, so that a second factor that was added
/// later makes no first one fresh.
pub fn auth_time(authentications: &[Authentication]) -> Option<Time> {
    authentications.iter().map(|authentication| authentication.at).min()
}

/// The `sid` that one client sees of a session (Front-Channel Logout §3): no two clients can compare theirs.
pub fn sid(pepper: &Pepper, session_id: &str, client_id: &str) -> String {
    let mac = pepper.mac("sid", &[session_id.as_bytes(), client_id.as_bytes()]);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or(&mac))
}
