//! Starts a session, or continues it with a fresh proof.

use crate::model::end_reason::EndReason;
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::known_device::{self, store::Seen};
use crate::model::one_time;
use crate::model::session::{self, Authentication, Browser, BrowserSession, Grounds, store::Device};
use crate::model::user::{self, User};
use crate::op::Op;
use crate::platform::crypto::TokenHash;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::random;
use crate::tokens::ending::{self, By, Closing};
use diesel::QueryResult;

/// A sign-in: the person, the proofs and the browser.
pub(super) struct Coming<'a> {
    pub(super) user: User,
    /// All proofs that are valid from now on.
    pub(super) proofs: Vec<Authentication>,
    /// What the new ones rest on.
    pub(super) grounds: Vec<Grounds>,
    pub(super) device: Device,
    /// The secret of the session cookie at hand, and what it holds.
    pub(super) cookie: Option<&'a str>,
    pub(super) browser: Browser,
    /// Of the cookie by which the browser is known.
    pub(super) known_by: Option<TokenHash>,
    /// No second factor is requested in this browser for a while.
    pub(super) remember: bool,
}

/// The session in use, and the new secrets of the cookies.
pub(super) struct Started {
    pub(super) session_id: String,
    pub(super) session_cookie: String,
    pub(super) device_cookie: String,
}

impl Coming<'_> {
    /// Starts using a session in this browser: a new one, or the person's present one with a fresh proof. `None` when
    /// what was proven no longer counts.
    pub(super) async fn sign_in(self, op: &Op) -> Result<Option<Started>, Unavailable> {
        let (now, standing) = (op.now(), self.standing(op));
        let fresh = BrowserSession {
            id: op.new_id(),
            person_id: self.user.id.clone(),
            authentications: self.proofs.clone(),
            expires_at: now + op.config.session.absolute,
        };
        let (epoch, device) = (self.user.epoch, self.device.clone());
        let notice = op.device_notice(&device);
        let most = op.config.session.per_person;
        let closing = Closing { by: By::Actor(Actor::System), ..op.closing(EndReason::Limit) };
        let begin = move |tx: &mut Connection| {
            // Pending password resets end: this person knows the password (ASVS 6.4.3).
            one_time::store::void(tx, one_time::Purpose::Recovery, &fresh.person_id, now)?;
            // Authenticated again: the session keeps its id, and everything that belongs to it.
            if let Some(session) = standing
                && session::store::authenticate_again(tx, &session, epoch)?
            {
                record(tx, EventKind::SessionReauthenticated, &session, now)?;
                return Ok(Some(session));
            }
            if session::store::is_new_device(tx, &fresh.person_id, &device.user_agent)? {
                notice.post(tx, &fresh.person_id)?;
            }
            session::store::insert(tx, &fresh, epoch, &device, now)?;
            record(tx, EventKind::SessionStarted, &fresh, now)?;
            ending::store::end_beyond(tx, &fresh.person_id, &fresh.id, most, &closing)?;
            Ok(Some(fresh))
        };
        self.put_in_use(op, begin).await
    }

    /// Adds proofs to the person's session in this browser; `None` when it has ended, or the proofs no longer count.
    pub(super) async fn step_up(self, op: &Op) -> Result<Option<Started>, Unavailable> {
        let (now, epoch) = (op.now(), self.user.epoch);
        let Some(session) = self.standing(op) else { return Ok(None) };
        let add = move |tx: &mut Connection| {
            if !session::store::authenticate_again(tx, &session, epoch)? {
                return Ok(None);
            }
            record(tx, EventKind::SessionSteppedUp, &session, now)?;
            Ok(Some(session))
        };
        self.put_in_use(op, add).await
    }

    /// The person's session in this browser, with the proofs that hold from now on.
    fn standing(&self, op: &Op) -> Option<BrowserSession> {
        let now = op.now();
        let is_theirs = |session: &&BrowserSession| session.person_id == self.user.id && session.expires_at > now;
        let mut session = self.browser.sessions.iter().find(is_theirs).cloned()?;
        session.authentications.clone_from(&self.proofs);
        Some(session)
    }

    async fn put_in_use<F>(self, op: &Op, begin: F) -> Result<Option<Started>, Unavailable>
    where
        F: FnOnce(&mut Connection) -> QueryResult<Option<BrowserSession>> + Clone + Send + 'static,
    {
        let now = op.now();
        let device_cookie = random::token(op.random.as_ref());
        let (hash, known_by) = (known_device::hash(&op.pepper, &device_cookie), self.known_by);
        let (id, user, device, grounds) = (op.new_id(), self.user, self.device, self.grounds);
        let remembered_until = self.remember.then(|| now + known_device::REMEMBERED_FOR);
        let begun = op.db.write(move |tx| {
            // What was proven some time ago counts only if it holds now, when nobody can change it.
            user::store::hold(tx, &user.id)?;
            if session::still_proven(tx, (&user.id, user.epoch), &grounds)?.is_none() {
                return Ok(None);
            }
            let Some(session) = begin(tx)? else { return Ok(None) };
            if let Some(old) = known_by {
                known_device::store::rotate(tx, &old, &hash)?;
            }
            let (person_id, person_epoch) = (user.id.as_str(), user.epoch);
            let seen = Seen { id: &id, hash: &hash, person_id, person_epoch, device: &device, remembered_until };
            known_device::store::see(tx, &seen, now)?;
            if remembered_until.is_some() {
                event::store::record(
                    tx,
                    &Event::by_person(EventKind::DeviceRemembered, &user.id).session(&session.id),
                    now,
                )?;
            }
            Ok(Some(session))
        });
        let Some(session) = begun.await? else { return Ok(None) };
        let session_id = session.id.clone();
        let mut browser = self.browser;
        browser.sign_in(session);
        let session_cookie = op.browsers.rotate(self.cookie, browser, now, op.random.as_ref()).await?;
        Ok(Some(Started { session_id, session_cookie, device_cookie }))
    }
}

fn record(
    tx: &mut Connection,
    kind: EventKind,
    session: &BrowserSession,
    now: crate::platform::clock::Time,
) -> QueryResult<()> {
    let by: Vec<_> = session::amr(&session.authentications);
    let event = Event::by_person(kind, &session.person_id).session(&session.id);
    event::store::record(tx, &event.detail(serde_json::json!({ "amr": by })), now)
}
