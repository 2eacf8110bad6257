//! Changes of a person's passkeys, each in one transaction with its event and its email. Adding or removing a factor
//! ends other sessions.

use crate::account::codes;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::credential::passkey::{MOST, Passkey, store};
use crate::model::credential::store::find_password;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, EventKind};
use crate::model::{factor, known_device};
use crate::op::Op;
use crate::pages::letter::Change;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::platform::secret::Secret;
use crate::tokens::ending::store::end_of_person;
use serde_json::json;

/// A person's passkeys, oldest first.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn list(op: &Op, person: &str) -> Result<Vec<Passkey>, Unavailable> {
    let person = person.to_owned();
    op.db.read(move |connection| store::list(connection, &person)).await
}

/// The result of adding a passkey.
pub enum Added {
    /// Stored; with recovery codes where it is the first second factor.
    Kept(Option<Vec<Secret<String>>>),
    /// It is already registered.
    Known,
    /// There are [`MOST`] of them.
    TooMany,
}

/// Stores a new passkey.
pub async fn add(op: &Op, owner: Owner, new: Passkey) -> Result<Added, NotMade> {
    let (now, closing, (codes, hashes)) = (op.now(), op.closing(EndReason::Factors), codes::fresh(op, &owner.user.id));
    let notice = op.notice(Change::PasskeyAdded { name: new.name.clone() }, owner.place.clone());
    let author = owner.clone();
    let added = author.change(op, Who::SignedInLately, move |tx, confirmed| {
        let id = confirmed.id();
        let is_first = !factor::store::means(tx, id)?.any();
        if store::list(tx, id)?.len() >= MOST {
            return Ok(Added::TooMany);
        }
        if !store::insert(tx, &new)? {
            return Ok(Added::Known);
        }
        if is_first {
            codes::keep(tx, id, &hashes, now)?;
        }
        known_device::store::stop_remembering(tx, id)?;
        event::store::record(tx, &owner.event(EventKind::PasskeyAdded).detail(told(&new)), now)?;
        notice.post(tx, id)?;
        end_of_person(tx, id, &owner.others(), &closing)?;
        Ok(Added::Kept(is_first.then_some(codes)))
    });
    added.await
}

fn told(passkey: &Passkey) -> serde_json::Value {
    json!({ "passkey": passkey.id, "name": passkey.name, "aaguid": passkey.aaguid })
}

/// The result of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// The person has no such passkey.
    Unknown,
    /// It was changed since that version.
    Stale,
    /// It is the last one of a person without a password, who would be locked out.
    Last,
}

pub async fn rename(op: &Op, owner: Owner, (id, seen): (String, Seen), name: String) -> Result<Changed, NotMade> {
    let now = op.now();
    let author = owner.clone();
    let renamed = author.change(op, Who::SignedInLately, move |tx, _| {
        let held = store::list(tx, &owner.user.id)?;
        let Some(passkey) = held.into_iter().find(|passkey| passkey.id == id) else { return Ok(Changed::Unknown) };
        if !seen.is_version(passkey.version) || !store::rename(tx, &owner.user.id, &id, passkey.version, &name)? {
            return Ok(Changed::Stale);
        }
        event::store::record(
            tx,
            &owner.event(EventKind::PasskeyRenamed).detail(json!({ "passkey": id, "name": name })),
            now,
        )?;
        Ok(Changed::Done)
    });
    renamed.await
}

/// Removes a passkey; with the last one, the recovery codes that replaced it.
pub async fn remove(op: &Op, owner: Owner, id: String, seen: Seen) -> Result<Changed, NotMade> {
    let (now, closing) = (op.now(), op.closing(EndReason::Factors));
    // The transaction reads its name for the email.
    let notice = |name: &str| op.notice(Change::PasskeyRemoved { name: name.to_owned() }, owner.place.clone());
    let held = list(op, &owner.user.id).await?;
    let Some(passkey) = held.into_iter().find(|passkey| passkey.id == id) else { return Ok(Changed::Unknown) };
    let notice = notice(&passkey.name);
    let author = owner.clone();
    // The person is held: passkey and password must not be removed concurrently.
    let removed = author.change(op, Who::SignedInLately, move |tx, _| {
        let held = store::list(tx, &owner.user.id)?;
        let Some(present) = held.iter().find(|passkey| passkey.id == id) else { return Ok(Changed::Unknown) };
        if !seen.is_version(present.version) {
            return Ok(Changed::Stale);
        }
        if held.len() == 1 && find_password(tx, &owner.user.id)?.is_none() {
            return Ok(Changed::Last);
        }
        store::remove(tx, &owner.user.id, &id)?;
        codes::tidy(tx, &owner.user.id)?;
        known_device::store::stop_remembering(tx, &owner.user.id)?;
        event::store::record(tx, &owner.event(EventKind::PasskeyRemoved).detail(told(&passkey)), now)?;
        notice.post(tx, &owner.user.id)?;
        end_of_person(tx, &owner.user.id, &owner.others(), &closing)?;
        Ok(Changed::Done)
    });
    removed.await
}
