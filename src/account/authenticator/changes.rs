//! Changes of a person's authenticator app, each in one transaction with its event and its email. Adding or removing a factor ends other sessions.

use crate::account::codes;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, EventKind};
use crate::model::factor::{self, Authenticator, totp::Seed};
use crate::model::known_device::store as known_device;
use crate::op::Op;
use crate::pages::letter::Change;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Seen, tag};
use crate::platform::secret::Secret;
use crate::tokens::ending::store::end_of_person;

/// The result of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// It does not exist.
    Unknown,
    /// It was changed meanwhile.
    Stale,
}

/// The changeable parts of an app, for its ETag.
pub fn tag_of(authenticator: &Authenticator) -> String {
    tag(&(&authenticator.id, &authenticator.name))
}

/// A person's app.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn find(op: &Op, person: &str) -> Result<Option<Authenticator>, Unavailable> {
    let person = person.to_owned();
    op.db.read(move |connection| factor::store::find_authenticator(connection, &person)).await
}

/// Enrols an app whose code of `step` was right, and returns recovery codes; `None` when there is already an app.
pub async fn enrol(
    op: &Op,
    owner: Owner,
    seed: &Seed,
    step: i64,
    name: String,
) -> Result<Option<Vec<Secret<String>>>, NotMade> {
    let (id, now, closing) = (op.new_id(), op.now(), op.closing(EndReason::Factors));
    let notice = op.notice(Change::AuthenticatorAdded, owner.place.clone());
    let aad = factor::aad(&id, &owner.user.id);
    let sealed = op.keys.masters().seal(&aad, seed.expose(), op.random.as_ref());
    let (codes, hashes) = codes::fresh(op, &owner.user.id);
    let person_id = owner.user.id.clone();
    let new = Authenticator { id, person_id, name, sealed, created_at: now, last_used_at: None };
    let author = owner.clone();
    let enrolled = author.change(op, Who::SignedInLately, move |tx, _| {
        if factor::store::find_authenticator(tx, &owner.user.id)?.is_some() {
            return Ok(false);
        }
        factor::store::set_authenticator(tx, &new, step)?;
        codes::keep(tx, &owner.user.id, &hashes, now)?;
        known_device::stop_remembering(tx, &owner.user.id)?;
        event::store::record(tx, &owner.event(EventKind::AuthenticatorEnrolled), now)?;
        notice.post(tx, &owner.user.id)?;
        end_of_person(tx, &owner.user.id, &owner.others(), &closing)?;
        Ok(true)
    });
    let enrolled = enrolled.await?;
    Ok(enrolled.then_some(codes))
}

pub async fn rename(op: &Op, owner: Owner, name: String, seen: Seen) -> Result<Changed, NotMade> {
    let now = op.now();
    let author = owner.clone();
    let renamed = author.change(op, Who::SignedInLately, move |tx, _| {
        let Some(held) = factor::store::find_authenticator(tx, &owner.user.id)? else { return Ok(Changed::Unknown) };
        if !seen.is(&tag_of(&held)) {
            return Ok(Changed::Stale);
        }
        factor::store::rename_authenticator(tx, &owner.user.id, &name)?;
        event::store::record(tx, &owner.event(EventKind::AuthenticatorRenamed), now)?;
        Ok(Changed::Done)
    });
    renamed.await
}

/// Removes the app, and the recovery codes unless a passkey needs them.
pub async fn remove(op: &Op, owner: Owner, seen: Seen) -> Result<Changed, NotMade> {
    let (now, closing) = (op.now(), op.closing(EndReason::Factors));
    let notice = op.notice(Change::AuthenticatorRemoved, owner.place.clone());
    let author = owner.clone();
    let removed = author.change(op, Who::SignedInLately, move |tx, _| {
        let Some(held) = factor::store::find_authenticator(tx, &owner.user.id)? else { return Ok(Changed::Unknown) };
        if !seen.is(&tag_of(&held)) {
            return Ok(Changed::Stale);
        }
        factor::store::remove_authenticator(tx, &owner.user.id)?;
        codes::tidy(tx, &owner.user.id)?;
        known_device::stop_remembering(tx, &owner.user.id)?;
        event::store::record(tx, &owner.event(EventKind::AuthenticatorRemoved), now)?;
        notice.post(tx, &owner.user.id)?;
        end_of_person(tx, &owner.user.id, &owner.others(), &closing)?;
        Ok(Changed::Done)
    });
    removed.await
}
