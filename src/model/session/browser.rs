//! The browser behind a cookie: which sessions it holds, kept in the short-lived store.

use super::{Authentication, auth_time};
use crate::platform::clock::Time;
use crate::platform::ephemeral::{Namespace, Slot, Slots};
use crate::platform::error::Unavailable;
use crate::platform::random::{self, Random};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A session as the browser's record holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// The row in SQL.
    pub id: String,
    pub person_id: String,
    /// The proofs so far.
    pub authentications: Vec<Authentication>,
    /// When it ends whatever happens.
    pub expires_at: Time,
}

impl BrowserSession {
    /// When the person authenticated.
    pub fn auth_time(&self) -> Time {
        auth_time(&self.authentications).unwrap_or_default()
    }
}

/// A browser: the sessions behind one cookie, the one in use last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// One a person; the last is in use.
    pub sessions: Vec<BrowserSession>,
    /// When it was last seen.
    pub seen_at: Time,
}

impl Browser {
    /// The session in use, unless its time is over.
    pub fn current(&self, now: Time) -> Option<&BrowserSession> {
        self.sessions.last().filter(|session| session.expires_at > now)
    }

    /// Puts a session in use; another of the same person goes.
    pub fn sign_in(&mut self, session: BrowserSession) {
        self.sessions.retain(|known| known.person_id != session.person_id);
        self.sessions.push(session);
    }

    /// Takes a session out.
    pub fn remove(&mut self, session_id: &str) {
        self.sessions.retain(|known| known.id != session_id);
    }
}

/// Every browser's record, by the secret in its cookie.
#[derive(Clone)]
pub struct Browsers {
    slot: Slot<Browser>,
    idle: Duration,
}

impl Browsers {
    /// Records that expire when not used for `idle`.
    pub fn new(slots: &Slots, idle: Duration) -> Self {
        Self { slot: slots.slot(Namespace::Session), idle }
    }

    /// The browser that a cookie names; marks it as seen, at most once in a tenth of the idle time.
    ///
    /// # Errors
    /// When the store does not answer; the same for every function here.
    pub async fn find(&self, cookie: &str, now: Time) -> Result<Option<Browser>, Unavailable> {
        let Some(old) = self.slot.find_versioned(cookie).await? else { return Ok(None) };
        let mut browser = old.value.clone();
        if now.since(browser.seen_at) > self.idle / 10 {
            browser.seen_at = now;
            self.slot.replace(cookie, &old, &browser, self.idle).await?;
        }
        Ok(Some(browser))
    }

    /// Keeps a browser under a new secret, which is returned for its cookie; the old secret dies (session fixation).
    pub async fn rotate(
        &self,
        old: Option<&str>,
        mut browser: Browser,
        now: Time,
        random: &dyn Random,
    ) -> Result<String, Unavailable> {
        let cookie = random::token(random);
        browser.seen_at = now;
        self.slot.put(&cookie, &browser, self.idle).await?;
        if let Some(old) = old {
            self.slot.delete(old).await?;
        }
        Ok(cookie)
    }

    pub async fn forget(&self, cookie: &str) -> Result<(), Unavailable> {
        self.slot.delete(cookie).await.map(drop)
    }
}
