//! The documents of the API, as programs see them.

use crate::platform::clock::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A person's profile: every claim that is held and theirs to see.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// The name of the person that never changes.
    pub sub: String,
    /// Standard claims (OpenID Connect Core §5.1) and those of the operator's own.
    #[schema(value_type = Object)]
    pub claims: Value,
    /// The claims that may be changed here.
    pub editable: Vec<String>,
}

/// What the person's pages look like.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appearance {
    /// A language tag; absent or null leaves it to the browser.
    pub language: Option<String>,
    /// `system`, `light` or `dark`; null where nothing was chosen.
    pub theme: Option<&'static str>,
    /// The languages that can be chosen.
    pub languages: Vec<&'static str>,
}

/// Where the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// For the path.
    pub id: String,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339
    pub expires_at: String,
    /// As the browser called itself.
    pub user_agent: String,
    /// An address prefix.
    pub network: String,
    /// The session that the token at hand comes from.
    pub current: bool,
}

/// An application that the person lets in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    /// For the path.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Space separated.
    pub scope: String,
    /// Claims that were allowed by name.
    pub claims: Vec<String>,
    /// APIs (RFC 8707).
    pub resources: Vec<String>,
    /// RFC 3339
    pub since: String,
    /// RFC 3339; absent without live tokens.
    pub last_used_at: Option<String>,
    /// Whether it may go on while the person is away.
    pub offline: bool,
    /// What `If-Match` must say.
    #[serde(skip)]
    pub version: i64,
}

/// The password, without the password.
#[derive(Debug, Serialize, ToSchema)]
pub struct Password {
    /// Whether there is one.
    pub set: bool,
    /// RFC 3339; absent where there is none.
    pub changed_at: Option<String>,
    /// Whether it may be removed: the person has a passkey, and a way back for the day when it is lost.
    pub removable: bool,
}

/// An authenticator app, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Authenticator {
    /// What the person calls it.
    pub name: String,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339; absent before the first sign-in with it.
    pub last_used_at: Option<String>,
}

/// A secret for an authenticator app. Nothing is kept of it until a code confirms it.
#[derive(Serialize, ToSchema)]
pub struct AuthenticatorOffer {
    /// What confirming sends back. It is bound to the person and the session of the token.
    pub offer: String,
    /// Base32, for an app into which it is typed.
    pub secret: String,
    /// `otpauth:`, for an app with a camera.
    pub uri: String,
    /// Seconds until the offer is over.
    pub expires_in: u64,
}

/// That the app shows the right codes.
#[derive(Deserialize, ToSchema)]
pub struct NewAuthenticator {
    /// As it was offered.
    pub offer: String,
    /// What the app shows now.
    pub code: String,
    /// What the person calls it; at most 64 characters are kept.
    pub name: Option<String>,
}

/// The app, and the codes for the day when it is lost. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    /// The app.
    pub authenticator: Authenticator,
    /// Each is good for one use.
    pub recovery_codes: Vec<String>,
}

/// Recovery codes, without the codes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// How many are not used.
    pub left: u64,
    /// RFC 3339; absent where there are none.
    pub created_at: Option<String>,
}

/// Recovery codes. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewRecoveryCodes {
    /// Each is good for one use.
    pub recovery_codes: Vec<String>,
}

/// A browser in which the second factor is not asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RememberedBrowser {
    /// For the path.
    pub id: String,
    /// As the browser called itself.
    pub user_agent: String,
    /// An address prefix.
    pub network: String,
    /// RFC 3339
    pub remembered_until: String,
}

/// How an account is deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deletion {
    /// What `confirm` must say: what the person signs in with.
    pub confirm: String,
    /// Seconds in which the person can come back by signing in.
    pub grace: u64,
}

/// The wish to be deleted.
#[derive(Deserialize, ToSchema)]
pub struct AskedDeletion {
    /// What the person signs in with, in any case of letters.
    pub confirm: String,
}

/// The account is switched off: every session and token ended, that of the request too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Leaving {
    /// RFC 3339: when the account is gone.
    pub delete_at: String,
}

/// A passkey, without the key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkey {
    /// For the path.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// The model of the authenticator, as it claims; zeros where it says nothing.
    pub aaguid: String,
    /// Who made it, as far as that is known.
    pub maker: Option<&'static str>,
    /// Whether the key may leave its device.
    pub backup_eligible: bool,
    /// Whether it has.
    pub backed_up: bool,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339; absent before the first sign-in.
    pub last_used_at: Option<String>,
    /// What `If-Match` must say.
    #[serde(skip)]
    pub version: i64,
}

/// A new name.
#[derive(Deserialize, ToSchema)]
pub struct NewName {
    /// One line of at most 64 characters.
    pub name: String,
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// What it is now; none where there is none, which asks for a sign-in of the last ten minutes instead.
    pub current_password: Option<String>,
    /// What it shall be.
    pub new_password: String,
    /// Whether applications lose the access that they have while the person is away (`offline_access`).
    #[serde(default)]
    pub end_offline_access: bool,
}

/// An address of the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Address {
    /// For the path.
    pub id: String,
    /// As it was typed.
    pub address: String,
    /// Whether the claims are of it.
    pub primary: bool,
    /// Whether it was proved.
    pub verified: bool,
    /// RFC 3339
    pub verified_at: Option<String>,
    /// RFC 3339
    pub added_at: String,
}

/// One more address.
#[derive(Deserialize, ToSchema)]
pub struct NewAddress {
    /// The address.
    pub address: String,
}

/// A change of an address.
#[derive(Deserialize, ToSchema)]
pub struct AddressChange {
    /// True: it becomes the primary one.
    pub primary: bool,
}

/// That the person can read what is sent to an address.
#[derive(Deserialize, ToSchema)]
pub struct AddressProof {
    /// The code of the letter; without one, another letter is sent.
    pub code: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// RFC 3339
    pub at: String,
    /// Such as `session.started`.
    pub kind: String,
    /// The application that it concerns.
    pub client_id: Option<String>,
    /// The session that it concerns.
    pub session_id: Option<String>,
    /// Whether an operator did it.
    pub by_operator: bool,
    /// More about it.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// A part of what happened, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    /// At most 50.
    pub items: Vec<Event>,
    /// For `before`, where there is more.
    pub next: Option<i64>,
}

/// RFC 3339 of stored milliseconds.
pub fn written(millis: i64) -> String {
    Time::from_millis(millis).rfc3339()
}
