//! A person changes their password.

use super::store;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::credential::choice::{self, Judged};
use crate::model::credential::{self, PasswordCredential};
use crate::model::end_reason::EndReason;
use crate::model::user;
use crate::op::Op;
use crate::pages::letter;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Seen, tag};
use crate::platform::password::PasswordError;
use crate::platform::secret::Secret;
use crate::platform::throttle::{Attempt, Throttled};
use std::time::Duration;

pub struct Change<'a> {
    /// The typed current password.
    pub current: Secret<String>,
    pub new: Secret<String>,
    /// The person and the session that stays.
    pub owner: &'a Owner,
    /// Whether applications lose their offline access.
    pub ends_offline: bool,
    /// The version that they saw.
    pub seen: Seen,
}

/// The state of a password, for its ETag.
pub fn tag_of(password: Option<&PasswordCredential>) -> String {
    password.map_or_else(|| "none".to_owned(), |password| tag(&(&password.id, password.version)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Changed; the number of other sessions that ended.
    Changed(usize),
    Wrong,
    /// The new one equals the current one.
    Same,
    /// The new one is not good enough.
    Weak(choice::Weakness),
    /// Too many failed attempts: wait this long.
    Wait(Duration),
    /// The pool is full: try again shortly.
    Busy,
    /// It was changed since that version.
    Stale,
}

/// Changes a password: requires the current one (AUT-06), failures count like those of signing in (AUT-07), and
/// the other sessions end (SES-05).
///
/// # Errors
/// When a store does not answer.
pub async fn change(op: &Op, change: &Change<'_>) -> Result<Outcome, NotMade> {
    let id = change.owner.user.id.clone();
    let (password, identifiers) = op
        .db
        .read(move |connection| {
            let password = credential::store::find_password(connection, &id)?;
            Ok((password, user::store::identifiers_of(connection, &[id])?))
        })
        .await?;
    if !change.seen.is(&tag_of(password.as_ref())) {
        return Ok(Outcome::Stale);
    }
    let Some(password) = password else { return Ok(Outcome::Wrong) };
    let name = change.owner.user.text("name");
    let names: Vec<&str> = identifiers.iter().map(|held| held.value.as_str()).chain(name).collect();
    match choice::judge(&op.passwords, &op.config.password, &change.new, &names).await? {
        Judged::Good => {}
        Judged::Weak(weakness) => return Ok(Outcome::Weak(weakness)),
        Judged::Busy => return Ok(Outcome::Busy),
    }
    match prove(op, change, &password.phc).await? {
        Proof::Given => {}
        Proof::Refused(outcome) => return Ok(outcome),
    }
    if change.new.expose() == change.current.expose() {
        return Ok(Outcome::Same);
    }
    let phc = match op.passwords.hash(&change.new).await {
        Ok(phc) => phc,
        Err(PasswordError::Stopped) => return Err(Unavailable::new("the password pool has stopped").into()),
        Err(PasswordError::Unacceptable) => return Ok(Outcome::Weak(choice::Weakness::Untypable)),
        Err(PasswordError::Busy { .. } | PasswordError::UnusableHash(_)) => return Ok(Outcome::Busy),
    };
    let (kept, closing) = (change.owner.session_id.clone(), op.closing(EndReason::Password));
    let notice = op.notice(letter::Change::PasswordChanged, change.owner.place.clone());
    let ending = store::Ending { kept, offline: change.ends_offline, closing, notice };
    let ended = change.owner.change(op, Who::SignedIn, move |tx, owner| {
        store::replace_password(tx, owner, &password, phc.expose(), &ending)
    });
    let ended = ended.await?;
    Ok(ended.map_or(Outcome::Stale, Outcome::Changed))
}

/// Sets the password of a person who has none. The caller must have checked for a fresh sign-in.
///
/// # Errors
/// When a store does not answer.
pub async fn set(op: &Op, change: &Change<'_>) -> Result<Outcome, NotMade> {
    let id = change.owner.user.id.clone();
    if !change.seen.is(&tag_of(None)) {
        return Ok(Outcome::Stale);
    }
    let identifiers = op.db.read(move |connection| user::store::identifiers_of(connection, &[id])).await?;
    let names: Vec<&str> = identifiers.iter().map(|held| held.value.as_str()).collect();
    match choice::judge(&op.passwords, &op.config.password, &change.new, &names).await? {
        Judged::Good => {}
        Judged::Weak(weakness) => return Ok(Outcome::Weak(weakness)),
        Judged::Busy => return Ok(Outcome::Busy),
    }
    let phc = match op.passwords.hash(&change.new).await {
        Ok(phc) => phc,
        Err(PasswordError::Stopped) => return Err(Unavailable::new("the password pool has stopped").into()),
        Err(PasswordError::Unacceptable) => return Ok(Outcome::Weak(choice::Weakness::Untypable)),
        Err(PasswordError::Busy { .. } | PasswordError::UnusableHash(_)) => return Ok(Outcome::Busy),
    };
    let (kept, closing) = (change.owner.session_id.clone(), op.closing(EndReason::Password));
    let (row, notice) = (op.new_id(), op.notice(letter::Change::PasswordChanged, change.owner.place.clone()));
    let ending = store::Ending { kept, offline: change.ends_offline, closing, notice };
    let ended = change.owner.change(op, Who::SignedInLately, move |tx, owner| {
        store::first_password(tx, owner, (&row, phc.expose()), &ending)
    });
    let ended = ended.await?;
    Ok(ended.map_or(Outcome::Stale, Outcome::Changed))
}

enum Proof {
    Given,
    Refused(Outcome),
}

async fn prove(op: &Op, change: &Change<'_>, phc: &str) -> Result<Proof, Unavailable> {
    let attempt = Attempt { account: &change.owner.user.id, address: change.owner.address, known_device: None };
    match op.throttle.admit(&attempt).await {
        Ok(()) => {}
        Err(Throttled::RetryAfter(wait)) => return Ok(Proof::Refused(Outcome::Wait(wait))),
        Err(Throttled::Unavailable(unavailable)) => return Err(unavailable),
    }
    match op.passwords.verify(&change.current, phc).await {
        Ok(verified) if verified.ok => {
            op.throttle.succeeded(&attempt).await?;
            Ok(Proof::Given)
        }
        Ok(_) | Err(PasswordError::Unacceptable | PasswordError::UnusableHash(_)) => Ok(Proof::Refused(Outcome::Wrong)),
        Err(PasswordError::Busy { .. }) => {
            op.throttle.withdraw(&attempt).await?;
            Ok(Proof::Refused(Outcome::Busy))
        }
        Err(PasswordError::Stopped) => Err(Unavailable::new("the password pool has stopped")),
    }
}
