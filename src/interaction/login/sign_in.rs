//! The check of a password.

use crate::model::credential::{self, PasswordCredential};
use crate::model::known_device;
use crate::model::session::{AuthenticationMethod, Grounds, ProvenFactor};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::platform::device::Sender;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::secret::Secret;
use crate::platform::throttle::{Attempt, Throttled};
use std::time::Duration;

/// The result of an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The person is authenticated, by this password.
    Proven(Box<User>, ProvenFactor),
    /// Unknown, disabled or wrong: nobody learns which.
    Wrong,
    /// Too many failures: wait so long.
    Wait(Duration),
    /// The pool is full: try again shortly.
    Busy,
}

/// What was typed, and from where.
pub(super) struct Typed {
    pub(super) username: String,
    pub(super) password: Secret<String>,
    pub(super) sender: Sender,
}

/// Checks a password. Unknown people cost what known ones do.
pub(super) async fn check(op: &Op, typed: &Typed) -> Result<Outcome, Unavailable> {
    let candidates = Identifier::candidates(&typed.username);
    let folded = Identifier::counted(&typed.username);
    let (cookie, now) = (typed.sender.cookie.clone(), op.now());
    let known = op
        .db
        .read(move |connection| {
            let Some(user) = user::store::find_by_identifiers(connection, &candidates)? else { return Ok(None) };
            let password = credential::store::find_password(connection, &user.id)?;
            let device = match cookie {
                Some(cookie) => known_device::store::find(connection, &cookie, &user.id, now)?,
                None => None,
            };
            Ok(Some((user, password, device)))
        })
        .await?;
    // One name an account, whatever alias was typed.
    let account = known.as_ref().map_or(folded, |(user, ..)| user.id.clone());
    let device = known.as_ref().and_then(|(_, _, device)| device.as_ref()).map(|device| device.id.clone());
    let attempt = Attempt { account: &account, address: typed.sender.address, known_device: device.as_deref() };
    let known = known.map(|(user, password, _)| (user, password));
    match op.throttle.admit(&attempt).await {
        Ok(()) => {}
        Err(Throttled::RetryAfter(wait)) => return Ok(Outcome::Wait(wait)),
        Err(Throttled::Unavailable(unavailable)) => return Err(unavailable),
    }
    let proven = match verify(op, typed, known).await {
        Ok(proven) => proven,
        Err(PasswordError::Busy { .. }) => {
            op.throttle.withdraw(&attempt).await?;
            return Ok(Outcome::Busy);
        }
        Err(PasswordError::Stopped) => return Err(Unavailable::new("the password pool has stopped")),
        Err(PasswordError::Unacceptable | PasswordError::UnusableHash(_)) => None,
    };
    match proven {
        Some((user, factor)) => {
            op.throttle.succeeded(&attempt).await?;
            Ok(Outcome::Proven(Box::new(user), factor))
        }
        None => Ok(Outcome::Wrong),
    }
}

async fn verify(
    op: &Op,
    typed: &Typed,
    known: Option<(User, Option<PasswordCredential>)>,
) -> Result<Option<(User, ProvenFactor)>, PasswordError> {
    let Some((user, Some(password))) = known else {
        op.passwords.verify_unknown(&typed.password).await?;
        return Ok(None);
    };
    let grounds = Grounds::Password(password.set_at);
    let verified = op.passwords.verify(&typed.password, &password.phc).await?;
    if verified.ok && verified.needs_rehash {
        upgrade(op, typed, password).await;
    }
    // An account marked for deletion can be kept: the page offers it, and no session starts before.
    let may_come = |user: &User| user.is_active() || user.status == UserStatus::Leaving;
    let proven = Some(user).filter(|user| verified.ok && may_come(user));
    Ok(proven.map(|user| (user, ProvenFactor { method: AuthenticationMethod::Password, grounds })))
}

/// Replaces a hash of another cost or kind, now that the password is at hand. A failure only means that the next sign-in tries.
async fn upgrade(op: &Op, typed: &Typed, old: PasswordCredential) {
    let Ok(phc) = op.passwords.hash(&typed.password).await else { return };
    let _ = op.db.write(move |tx| credential::store::rehash_password(tx, &old, phc.expose())).await;
}
