//! Sessions and applications that a person ends.

use super::store::{self, Access};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Which};

/// Ends sessions of a person. Another person's session is not found. Gives the ids of those that ended.
///
/// # Errors
/// When the store does not answer; so for every function here.
pub async fn sessions(op: &Op, person: &str, which: Which) -> Result<Vec<String>, Unavailable> {
    let (person, closing) = (person.to_owned(), op.closing("person"));
    let ended = op.db.write(move |tx| ending::store::end_of_person(tx, &person, &which, &closing)).await?;
    if !ended.is_empty() {
        op.outbox.wake();
    }
    Ok(ended)
}

/// The applications that a person lets in.
pub async fn applications(op: &Op, person: &str) -> Result<Vec<Access>, Unavailable> {
    let (person, now) = (person.to_owned(), op.now());
    op.db.read(move |connection| store::access(connection, &person, now)).await
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Consent and tokens are gone.
    Back,
    /// The person lets no such application in.
    Unknown,
    /// The consent was changed since that version.
    Stale,
}

/// Takes back what a person allowed an application: its tokens end.
pub async fn application(op: &Op, person: &str, client: &str, version: Option<i64>) -> Result<Taken, Unavailable> {
    let (person, client, now) = (person.to_owned(), client.to_owned(), op.now());
    let taken = op.db.write(move |tx| store::take_back(tx, &person, &client, version, now)).await?;
    Ok(match taken {
        Some(true) => Taken::Back,
        Some(false) => Taken::Stale,
        None => Taken::Unknown,
    })
}
