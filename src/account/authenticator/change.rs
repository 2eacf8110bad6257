//! What a person changes here, each in one transaction with its event. Where a factor changes, other sessions end.

use crate::model::event::{self, Event};
use crate::model::factor::{self, Authenticator, recovery_code, totp::Seed};
use crate::model::known_device;
use crate::model::letter::Change;
use crate::model::session::store::Device;
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::secret::Secret;
use crate::tokens::ending::{Which, store::end_of_person};

/// Who changes something, in which session.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) person_id: String,
    pub(super) session_id: String,
    /// Where it is done.
    pub(super) place: Device,
}

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
    let (codes, hashes) = fresh_codes(op, &owner.person_id);
    let person_id = owner.person_id.clone();
    let new = Authenticator { id, person_id, name, sealed, created_at: now, last_used_at: None };
    let enrolled = op.db.write(move |tx| {
        if factor::store::find_authenticator(tx, &owner.person_id)?.is_some() {
            return Ok(false);
        }
        factor::store::set_authenticator(tx, &new, step)?;
        factor::store::set_recovery_codes(tx, &owner.person_id, &hashes, now)?;
        known_device::store::stop_remembering(tx, &owner.person_id)?;
        let event = Event::by_person("authenticator.enrolled", &owner.person_id).session(&owner.session_id);
        event::store::record(tx, &event, now)?;
        notice.post(tx, &owner.person_id)?;
        end_of_person(tx, &owner.person_id, &Which::AllBut(owner.session_id), &closing)?;
        Ok(true)
    });
    let enrolled = enrolled.await?;
    op.outbox.wake();
    Ok(enrolled.then_some(codes))
}

fn fresh_codes(op: &Op, person_id: &str) -> (Vec<Secret<String>>, Vec<crate::platform::crypto::TokenHash>) {
    let codes = recovery_code::generate(op.random.as_ref());
    let hash = |code: &Secret<String>| recovery_code::hash(&op.pepper, person_id, code.expose());
    let hashes = codes.iter().filter_map(hash).collect();
    (codes, hashes)
}

/// Gives new recovery codes in place of those before; `None` where there is no app that they could replace.
pub(super) async fn replace_codes(op: &Op, owner: Owner) -> Result<Option<Vec<Secret<String>>>, Unavailable> {
    let (now, (codes, hashes)) = (op.now(), fresh_codes(op, &owner.person_id));
    let notice = op.notice(Change::RecoveryCodesReplaced, owner.place.clone());
    let replaced = op.db.write(move |tx| {
        if factor::store::find_authenticator(tx, &owner.person_id)?.is_none() {
            return Ok(false);
        }
        factor::store::set_recovery_codes(tx, &owner.person_id, &hashes, now)?;
        let event = Event::by_person("recovery_codes.replaced", &owner.person_id).session(&owner.session_id);
        event::store::record(tx, &event, now)?;
        notice.post(tx, &owner.person_id)?;
        Ok(true)
    });
    let replaced = replaced.await?;
    op.outbox.wake();
    Ok(replaced.then_some(codes))
}

/// Names the app anew.
pub(super) async fn rename(op: &Op, owner: Owner, name: String) -> Result<(), Unavailable> {
    let now = op.now();
    let renamed = op.db.write(move |tx| {
        if factor::store::rename_authenticator(tx, &owner.person_id, &name)? {
            let event = Event::by_person("authenticator.renamed", &owner.person_id).session(&owner.session_id);
            event::store::record(tx, &event, now)?;
        }
        Ok(())
    });
    renamed.await
}

/// Takes the app away, and with it the codes that stood for it.
pub(super) async fn remove(op: &Op, owner: Owner) -> Result<(), Unavailable> {
    let (now, closing) = (op.now(), op.closing("factors"));
    let notice = op.notice(Change::AuthenticatorRemoved, owner.place.clone());
    let removed = op.db.write(move |tx| {
        if factor::store::remove_all(tx, &owner.person_id)? {
            known_device::store::stop_remembering(tx, &owner.person_id)?;
            let event = Event::by_person("authenticator.removed", &owner.person_id).session(&owner.session_id);
            event::store::record(tx, &event, now)?;
            notice.post(tx, &owner.person_id)?;
            end_of_person(tx, &owner.person_id, &Which::AllBut(owner.session_id), &closing)?;
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
            let event = Event::by_person("device.forgotten", &owner.person_id).session(&owner.session_id);
            event::store::record(tx, &event, now)?;
        }
        Ok(())
    });
    stopped.await
}
