//! Applications: registrations, their secrets, and whether they may be used.

pub mod lint;
mod logo;
mod registration;
mod secret;
mod standing;

pub use logo::{remove_logo, set_logo};
pub use registration::{Entry, Saved, described, save};
pub use secret::{Rotated, rotate_secret};
pub use standing::{delete, set_enabled};

use super::{Clients, Installation, Permit, Read};
use crate::model::client::{Client, store};
use crate::platform::error::Unavailable;

/// The application with this `client_id`.
///
/// # Errors
/// When the store does not answer; so for [`list`].
pub async fn find(at: &Installation, _: &Permit<Read, Clients>, id: &str) -> Result<Option<Client>, Unavailable> {
    let id = id.to_owned();
    at.db.read(move |connection| store::find(connection, &id)).await
}

/// Applications by `client_id`, after `after` (empty: from the first), at most `limit`.
pub async fn list(
    at: &Installation,
    _: &Permit<Read, Clients>,
    (after, limit): (&str, i64),
) -> Result<Vec<Client>, Unavailable> {
    let after = after.to_owned();
    at.db.read(move |connection| store::list(connection, &after, limit)).await
}
