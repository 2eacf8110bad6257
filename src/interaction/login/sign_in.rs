//! The check of a password, and the session that follows.

use crate::model::credential::{self, PasswordCredential};
use crate::model::event::{self, Event};
use crate::model::session::{self, Authentication, AuthenticationMethod, Browser, BrowserSession, store::Device};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::secret::Secret;
use crate::platform::throttle::{Attempt, Throttled};
use std::net::IpAddr;
use std::time::Duration;

/// What came of an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The person is who they say.
    Proven(Box<User>),
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
    pub(super) address: IpAddr,
}

/// Checks a password. Unknown people cost what known ones do.
pub(super) async fn check(op: &Op, typed: &Typed) -> Result<Outcome, Unavailable> {
    let candidates = Identifier::candidates(&typed.username);
    let folded =
        candidates.first().map_or_else(|| typed.username.to_lowercase(), |identifier| identifier.folded.clone());
    let known = op
        .db
        .read(move |connection| {
            let Some(user) = user::store::find_by_identifiers(connection, &candidates)? else { return Ok(None) };
            let password = credential::store::find_password(connection, &user.id)?;
            Ok(Some((user, password)))
        })
        .await?;
    // One name an account, whatever alias was typed.
    let account = known.as_ref().map_or(folded, |(user, _)| user.id.clone());
    let attempt = Attempt { account: &account, address: typed.address, known_device: None };
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
        Some(user) => {
            op.throttle.succeeded(&attempt).await?;
            Ok(Outcome::Proven(Box::new(user)))
        }
        None => Ok(Outcome::Wrong),
    }
}

async fn verify(
    op: &Op,
    typed: &Typed,
    known: Option<(User, Option<PasswordCredential>)>,
) -> Result<Option<User>, PasswordError> {
    let Some((user, Some(password))) = known else {
        op.passwords.verify_unknown(&typed.password).await?;
        return Ok(None);
    };
    let verified = op.passwords.verify(&typed.password, &password.phc).await?;
    if verified.ok && verified.needs_rehash {
        upgrade(op, typed, password).await;
    }
    // Who is leaving may come back: the page offers it, and no session begins before.
    let may_come = |user: &User| user.is_active() || user.status == UserStatus::Leaving;
    Ok(Some(user).filter(|user| verified.ok && may_come(user)))
}

/// Replaces a hash of lower cost, now that the password is at hand. A failure only means that the next sign-in tries.
async fn upgrade(op: &Op, typed: &Typed, old: PasswordCredential) {
    let Ok(phc) = op.passwords.hash(&typed.password).await else { return };
    let now = op.now();
    let _ = op.db.write(move |tx| credential::store::upgrade_password(tx, &old, phc.expose(), now)).await;
}

/// Puts a session in use in this browser: a new one, or the person's own with a fresh proof. Gives the session's id
/// and the new secret of the cookie.
pub(super) async fn start(
    op: &Op,
    user: User,
    old_cookie: Option<&str>,
    browser: Option<Browser>,
    device: Device,
) -> Result<(String, String), Unavailable> {
    let now = op.now();
    let mut browser = browser.unwrap_or_default();
    let proof = Authentication { method: AuthenticationMethod::Password, at: now };
    let standing =
        browser.sessions.iter().find(|session| session.person_id == user.id && session.expires_at > now).cloned();
    let fresh = BrowserSession {
        id: op.new_id(),
        person_id: user.id.clone(),
        authentications: vec![proof],
        expires_at: now + op.config.session.absolute,
    };
    let session = op
        .db
        .write(move |tx| {
            // Proven again: the session goes on under its name, so that what belongs to it stays together.
            if let Some(mut session) = standing {
                session.authentications = vec![proof];
                if session::store::authenticate_again(tx, &session, user.epoch)? {
                    event::store::record(
                        tx,
                        &Event::by_person("session.reauthenticated", &user.id).session(&session.id),
                        now,
                    )?;
                    return Ok(session);
                }
            }
            session::store::insert(tx, &fresh, user.epoch, &device, now)?;
            event::store::record(tx, &Event::by_person("session.started", &user.id).session(&fresh.id), now)?;
            Ok(fresh)
        })
        .await?;
    let id = session.id.clone();
    browser.sign_in(session);
    let cookie = op.browsers.rotate(old_cookie, browser, now, op.random.as_ref()).await?;
    Ok((id, cookie))
}
