//! The applications with access to a person's account, and its withdrawal.

use super::store;
use crate::account::owner::{NotMade, Owner, Who};
use crate::account::store::{Access, access};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;

/// The applications with access to a person's account.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn list(op: &Op, person: &str) -> Result<Vec<Access>, Unavailable> {
    let (person, now) = (person.to_owned(), op.now());
    op.db.read(move |connection| access(connection, &person, now)).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Consent and tokens are gone.
    Back,
    /// The application has no access.
    Unknown,
    /// The consent was changed since it was seen.
    Stale,
}

/// Withdraws an application's access: its tokens are revoked.
pub async fn take_back(op: &Op, owner: &Owner, client: &str, seen: Seen) -> Result<Taken, NotMade> {
    let (client, now) = (client.to_owned(), op.now());
    owner.change(op, Who::SignedIn, move |tx, owner| store::take_back(tx, owner, &client, &seen, now)).await
}
