//! What a change of the password writes.

use crate::model::credential;
use crate::model::event::{self, Event};
use crate::model::user;
use crate::op::notice::Notice;
use crate::platform::db::Connection;
use crate::tokens::ending::{self, Closing, Which};
use diesel::QueryResult;

/// Replaces a password that was proven, unless it was changed meanwhile; the person's other sessions end (SES-05).
/// Gives how many ended.
///
/// # Errors
/// Any failure of the database; so for every function here.
pub(super) fn replace_password(
    tx: &mut Connection,
    person: &str,
    old: &credential::PasswordCredential,
    phc: &str,
    (kept, closing, notice): (Option<&str>, &Closing, &Notice),
) -> QueryResult<Option<usize>> {
    if !credential::store::upgrade_password(tx, old, phc, closing.now)? {
        return Ok(None);
    }
    event::store::record(tx, &Event::by_person("user.password_changed", person), closing.now)?;
    notice.post(tx, person)?;
    let which = kept.map_or(Which::All, |kept| Which::AllBut(kept.to_owned()));
    Ok(Some(ending::store::end_of_person(tx, person, &which, closing)?.len()))
}

/// Sets the password of somebody who has none; their other sessions end. `None` when there is one meanwhile.
pub(super) fn first_password(
    tx: &mut Connection,
    (row, person): (&str, &str),
    phc: &str,
    (kept, closing, notice): (Option<&str>, &Closing, &Notice),
) -> QueryResult<Option<usize>> {
    user::store::hold(tx, person)?;
    if credential::store::find_password(tx, person)?.is_some() {
        return Ok(None);
    }
    credential::store::set_password(tx, row, person, phc, closing.now)?;
    event::store::record(tx, &Event::by_person("user.password_set", person), closing.now)?;
    notice.post(tx, person)?;
    let which = kept.map_or(Which::All, |kept| Which::AllBut(kept.to_owned()));
    Ok(Some(ending::store::end_of_person(tx, person, &which, closing)?.len()))
}
