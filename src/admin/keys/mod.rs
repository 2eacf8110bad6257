//! Signing keys, encryption keys, and the sealing of secrets.

mod revoke;
mod rewrap;
mod rotate;

pub use revoke::{Revoked, revoke};
pub use rewrap::{Rewrapped, Unopened, rewrap};
pub use rotate::rotate;

use super::{Installation, Keys, Permit, Read};
use crate::model::key::sightings::{self, Reader};
use crate::model::key::{SigningKey, store};
use crate::platform::error::Unavailable;
use crate::platform::jose::KeyError;

/// Every key, and which clients fetched the JWKS when.
///
/// # Errors
/// When the store does not answer.
pub async fn list(at: &Installation, _: &Permit<Read, Keys>) -> Result<(Vec<SigningKey>, Vec<Reader>), Unavailable> {
    at.db.read(|connection| Ok((store::list(connection)?, sightings::store::readers(connection)?))).await
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The store does not confirm.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// There is no master key to seal it under.
    #[error("a new key is needed, but there is no master key to seal it with")]
    NoMasterKey,
    /// It could not be made.
    #[error(transparent)]
    Create(#[from] KeyError),
}
