//! The outbox.

use super::{Installation, Messages, Permit, Read};
use crate::platform::error::Unavailable;
use crate::platform::outbox::store::{self, Listed};

/// Messages that wait and those that failed, the newest first, at most `limit`; with `all`, what was delivered too.
///
/// # Errors
/// When the store does not answer.
pub async fn list(
    at: &Installation,
    _: &Permit<Read, Messages>,
    all: bool,
    limit: i64,
) -> Result<Vec<Listed>, Unavailable> {
    at.db.read(move |connection| store::list(connection, all, limit)).await
}
