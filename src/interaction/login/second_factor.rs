//! The check of a second factor's code.

use crate::model::address;
use crate::model::event::{self, Event, EventKind};
use crate::model::factor::{self, recovery_code, totp::Seed};
use crate::model::known_device;
use crate::model::session::{AuthenticationMethod, Grounds, ProvenFactor};
use crate::model::user;
use crate::op::Op;
use crate::platform::crypto::TokenHash;
use crate::platform::device::Sender;
use crate::platform::error::Unavailable;
use crate::platform::throttle::{Attempt, Throttled};
use std::time::Duration;

/// The result of checking a code.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is right, and spent now.
    Proven(ProvenFactor),
    /// Wrong, expired or already used: nobody learns which.
    Wrong,
    /// Too many failures: wait so long.
    Wait(Duration),
}

/// A code that was typed, and from where.
pub(super) struct Typed<'a> {
    pub(super) code: &'a str,
    pub(super) sender: Sender,
}

/// Checks a code and spends it. Failures are counted apart from those of passwords (AUT-09).
pub(super) async fn check(op: &Op, person_id: &str, typed: Typed<'_>) -> Result<Outcome, Unavailable> {
    let (id, now, cookie) = (person_id.to_owned(), op.now(), typed.sender.cookie);
    let device = match cookie {
        Some(cookie) => op.db.read(move |tx| known_device::store::find(tx, &cookie, &id, now)).await?,
        None => None,
    };
    let account = format!("second factor\0{person_id}");
    let known_device = device.as_ref().map(|device| device.id.as_str());
    let attempt = Attempt { account: &account, address: typed.sender.address, known_device };
    match op.throttle.admit(&attempt).await {
        Ok(()) => {}
        Err(Throttled::RetryAfter(wait)) => return Ok(Outcome::Wait(wait)),
        Err(Throttled::Unavailable(unavailable)) => return Err(unavailable),
    }
    let proven = match recovery_code::hash(&op.pepper, person_id, typed.code) {
        Some(hash) => spend_recovery_code(op, person_id, hash).await?,
        None => spend_code(op, person_id, typed.code).await?,
    };
    match proven {
        Some(factor) => {
            op.throttle.succeeded(&attempt).await?;
            Ok(Outcome::Proven(factor))
        }
        None => Ok(Outcome::Wrong),
    }
}

async fn spend_code(op: &Op, person_id: &str, code: &str) -> Result<Option<ProvenFactor>, Unavailable> {
    let (id, now) = (person_id.to_owned(), op.now());
    let found = op.db.read(move |connection| factor::store::find_authenticator(connection, &id)).await?;
    let Some(authenticator) = found else { return Ok(None) };
    let aad = factor::aad(&authenticator.id, person_id);
    let opened = op.keys.masters().open(&aad, &authenticator.sealed).map_err(Unavailable::new)?;
    let Some(step) = Seed::from_opened(opened).step_of(code, now) else { return Ok(None) };
    let grounds = Grounds::Factor(authenticator.id.clone());
    let spent = op.db.write(move |tx| factor::store::spend_step(tx, &authenticator.id, step, now)).await?;
    Ok(spent.then_some(ProvenFactor { method: AuthenticationMethod::Totp, grounds }))
}

async fn spend_recovery_code(op: &Op, person_id: &str, hash: TokenHash) -> Result<Option<ProvenFactor>, Unavailable> {
    let (id, now) = (person_id.to_owned(), op.now());
    let spent = op.db.write(move |tx| {
        if !factor::store::means(tx, &id)?.any() || !factor::store::spend_recovery_code(tx, &id, &hash, now)? {
            return Ok(false);
        }
        if let Some(user) = user::store::find(tx, &id)? {
            address::store::recovered(tx, &user, None, now)?;
        }
        let left = factor::store::recovery_codes_left(tx, &id)?;
        let detail = serde_json::json!({ "left": left });
        event::store::record(tx, &Event::by_person(EventKind::RecoveryCodeUsed, &id).detail(detail), now)?;
        Ok(true)
    });
    let factor = ProvenFactor { method: AuthenticationMethod::RecoveryCode, grounds: Grounds::Spent };
    Ok(spent.await?.then_some(factor))
}
