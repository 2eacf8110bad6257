//! What a person changes here, each in one transaction with its event. Where a factor changes, other sessions end.

use crate::account::recovery_codes::{self, Owner};
use crate::model::event;
use crate::model::factor::{self, Authenticator, totp::Seed};
use crate::model::known_device;
use crate::model::letter::Change;
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::secret::Secret;
use crate::tokens::ending::store::end_of_person;

/// Enrols an app whose code of `step` was right, and gives recovery codes; `None` when there is an app already.
pub(super) async fn enrol(
    op: &Op,
    owner: Owner,
    seed: &Seed,
    step: i64,
    name: String,
) -> Result<Option<Vec<Secret<String>>>, Unavailable> {
    let (id, now, closing) = (op.new_id(), op.now(), op.closing("factors"));
    let notice = op.notice(Change::AuthenticatorAdded, owner.place.clone());
    let aad = factor::aad(&id, &owner.person_id);
    let sealed = op.keys.masters().seal(&aad, seed.expose(), op.random.as_ref());
    let (codes, hashes) = recovery_codes::fresh(op, &owner.person_id);
    let person_id = owner.person_id.clone();
    let new = Authenticator { id, person_id, name, sealed, created_at: now, last_used_at: None };
    let enrolled = op.db.write(move |tx| {
        if factor::store::find_authenticator(tx, &owner.person_id)?.is_some() {
            return Ok(false);
        }
        factor::store::set_authenticator(tx, &new, step)?;
        factor::store::set_recovery_codes(tx, &owner.person_id, &hashes, now)?;
        known_device::store::stop_remembering(tx, &owner.person_id)?;
        event::store::record(tx, &owner.event("authenticator.enrolled"), now)?;
        notice.post(tx, &owner.person_id)?;
        end_of_person(tx, &owner.person_id, &owner.others(), &closing)?;
        Ok(true)
    });
    let enrolled = enrolled.await?;
    op.outbox.wake();
    Ok(enrolled.then_some(codes))
}

/// Names the app anew.
pub(super) async fn rename(op: &Op, owner: Owner, name: String) -> Result<(), Unavailable> {
    let now = op.now();
    let renamed = op.db.write(move |tx| {
        if factor::store::rename_authenticator(tx, &owner.person_id, &name)? {
            event::store::record(tx, &owner.event("authenticator.renamed"), now)?;
        }
        Ok(())
    });
    renamed.await
}

/// Takes the app away, and with it the codes that stood for it, unless they stand for a passkey too.
pub(super) async fn remove(op: &Op, owner: Owner) -> Result<(), Unavailable> {
    let (now, closing) = (op.now(), op.closing("factors"));
    let notice = op.notice(Change::AuthenticatorRemoved, owner.place.clone());
    let removed = op.db.write(move |tx| {
        if factor::store::remove_authenticator(tx, &owner.person_id)? {
            factor::store::tidy_recovery_codes(tx, &owner.person_id)?;
            known_device::store::stop_remembering(tx, &owner.person_id)?;
            event::store::record(tx, &owner.event("authenticator.removed"), now)?;
            notice.post(tx, &owner.person_id)?;
            end_of_person(tx, &owner.person_id, &owner.others(), &closing)?;
        }
        Ok(())
    });
    removed.await?;
    op.outbox.wake();
    Ok(())
}

/// Asks for the code again in a browser.
pub(super) async fn stop_remembering(op: &Op, owner: Owner, device: String) -> Result<(), Unavailable> {
    let now = op.now();
    let stopped = op.db.write(move |tx| {
        if known_device::store::stop_remembering_one(tx, &owner.person_id, &device)? {
            event::store::record(tx, &owner.event("device.forgotten"), now)?;
        }
        Ok(())
    });
    stopped.await
}
