//! Writes a change of the password.

use crate::account::owner::Confirmed;
use crate::model::credential;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, Turn};
use crate::op::notice::Notice;
use crate::platform::db::Connection;
use crate::tokens::ending::{self, Closing, Which};
use crate::tokens::family;
use diesel::QueryResult;

/// What ends with a password.
#[derive(Clone)]
pub(super) struct Ending {
    /// The session that stays.
    pub(super) kept: Option<String>,
    /// Whether applications lose their offline access.
    pub(super) offline: bool,
    pub(super) closing: Closing,
    /// The email about it.
    pub(super) notice: Notice,
}

impl Ending {
    /// Ends sessions, and unused codes and links; returns how many sessions ended.
    fn end(&self, tx: &mut Connection, person: &str) -> QueryResult<usize> {
        let now = self.closing.now;
        one_time::store::void_after(tx, person, Turn::Secured, now)?;
        self.notice.post(tx, person)?;
        if self.offline {
            family::store::revoke_offline(tx, person, EndReason::Password, now)?;
        }
        let which = self.kept.clone().map_or(Which::All, Which::AllBut);
        Ok(ending::store::end_of_person(tx, person, &which, &self.closing)?.len())
    }
}

/// Replaces a verified password, unless it was changed meanwhile; the person's other sessions end (SES-05).
/// Returns how many ended.
///
/// # Errors
/// Any database failure; the same for every function here.
pub(super) fn replace_password(
    tx: &mut Connection,
    owner: &Confirmed,
    old: &credential::PasswordCredential,
    phc: &str,
    ending: &Ending,
) -> QueryResult<Option<usize>> {
    if !credential::store::upgrade_password(tx, old, phc, ending.closing.now)? {
        return Ok(None);
    }
    event::store::record(tx, &Event::by_person(EventKind::PasswordChanged, owner.id()), ending.closing.now)?;
    ending.end(tx, owner.id()).map(Some)
}

/// Sets the password of a person who has none; their other sessions end. `None` when one was set meanwhile.
pub(super) fn first_password(
    tx: &mut Connection,
    owner: &Confirmed,
    (row, phc): (&str, &str),
    ending: &Ending,
) -> QueryResult<Option<usize>> {
    let person = owner.id();
    if credential::store::find_password(tx, person)?.is_some() {
        return Ok(None);
    }
    credential::store::set_password(tx, row, person, phc, ending.closing.now)?;
    event::store::record(tx, &Event::by_person(EventKind::PasswordSet, person), ending.closing.now)?;
    ending.end(tx, person).map(Some)
}
