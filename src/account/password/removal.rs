//! Removing a password. People without one have a passkey, or were imported or invited.

use super::change::tag_of;
use crate::account::codes;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::credential::{self, passkey};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, EventKind};
use crate::model::{known_device, user};
use crate::op::Op;
use crate::pages::letter::Change;
use crate::platform::config::FeatureName;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::tokens::ending::store::end_of_person;

/// Whether a password may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It may be, or was.
    Fine,
    NoPassword,
    /// The person could not sign in without it.
    NoPasskey,
    /// They could not recover from a lost passkey: there are no recovery codes, and no verified address that
    /// emails could reach.
    NoWayBack,
    /// It was changed meanwhile.
    Stale,
}

/// Whether a person's password may be removed.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn may_go(op: &Op, person: &str) -> Result<Removal, Unavailable> {
    let (person, mails) = (person.to_owned(), op.has_feature(FeatureName::Recovery));
    op.db.read(move |connection| judge(connection, &person, mails)).await
}

fn judge(connection: &mut Connection, person: &str, mails: bool) -> diesel::QueryResult<Removal> {
    if credential::store::find_password(connection, person)?.is_none() {
        return Ok(Removal::NoPassword);
    }
    if !passkey::store::held(connection, person)?.0 {
        return Ok(Removal::NoPasskey);
    }
    let by_code = codes::left(connection, person)? > 0;
    let held = user::store::identifiers_of(connection, &[person.to_owned()])?;
    let by_mail = mails && held.iter().any(|held| held.kind == "email" && held.verified_at.is_some());
    Ok(if by_code || by_mail { Removal::Fine } else { Removal::NoWayBack })
}

/// Removes a person's password, if allowed. Other sessions end.
pub async fn remove(op: &Op, owner: Owner, seen: Seen) -> Result<Removal, NotMade> {
    let (now, closing, mails) = (op.now(), op.closing(EndReason::Password), op.has_feature(FeatureName::Recovery));
    let notice = op.notice(Change::PasswordRemoved, owner.place.clone());
    let author = owner.clone();
    let removed = author.change(op, Who::SignedInLately, move |tx, _| {
        let password = credential::store::find_password(tx, &owner.user.id)?;
        if !seen.is(&tag_of(password.as_ref())) {
            return Ok(Removal::Stale);
        }
        let judged = judge(tx, &owner.user.id, mails)?;
        if judged == Removal::Fine {
            credential::store::remove_password(tx, &owner.user.id)?;
            known_device::store::stop_remembering(tx, &owner.user.id)?;
            event::store::record(tx, &owner.event(EventKind::PasswordRemoved), now)?;
            notice.post(tx, &owner.user.id)?;
            end_of_person(tx, &owner.user.id, &owner.others(), &closing)?;
        }
        Ok(judged)
    });
    removed.await
}
