//! `/api/account/v1/remembered-browsers`: the browsers that are not asked for the second factor. The page of the
//! authenticator app shows them.

pub mod api;

use super::changes::Changed;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::event::{self, EventKind};
use crate::model::known_device::store::{self as known_device, Remembered};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Seen, tag};

/// A remembered browser as it can change.
pub fn tag_of(browser: &Remembered) -> String {
    tag(&(&browser.id, browser.remembered_until))
}

/// The list of them, whatever its order.
pub fn tag_of_all(browsers: &[Remembered]) -> String {
    let mut tags: Vec<String> = browsers.iter().map(tag_of).collect();
    tags.sort_unstable();
    tag(&tags)
}

/// The browsers that are not asked for the second factor.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn list(op: &Op, person: &str) -> Result<Vec<Remembered>, Unavailable> {
    let (person, now) = (person.to_owned(), op.now());
    op.db.read(move |connection| known_device::list_remembered(connection, &person, now)).await
}

/// Forgets one browser: the second factor is required again.
pub async fn forget(op: &Op, owner: Owner, device: String, seen: Seen) -> Result<Changed, NotMade> {
    let now = op.now();
    let author = owner.clone();
    let stopped = author.change(op, Who::SignedInLately, move |tx, _| {
        let held = known_device::list_remembered(tx, &owner.user.id, now)?;
        let Some(browser) = held.iter().find(|browser| browser.id == device) else { return Ok(Changed::Unknown) };
        if !seen.is(&tag_of(browser)) {
            return Ok(Changed::Stale);
        }
        if !known_device::stop_remembering_one(tx, &owner.user.id, &device)? {
            return Ok(Changed::Unknown);
        }
        event::store::record(tx, &owner.event(EventKind::DeviceForgotten), now)?;
        Ok(Changed::Done)
    });
    stopped.await
}

/// Forgets every browser, if the list has not changed meanwhile.
pub async fn forget_all(op: &Op, owner: Owner, seen: Seen) -> Result<Changed, NotMade> {
    let now = op.now();
    let author = owner.clone();
    let stopped = author.change(op, Who::SignedInLately, move |tx, _| {
        let held = known_device::list_remembered(tx, &owner.user.id, now)?;
        if !seen.is(&tag_of_all(&held)) {
            return Ok(Changed::Stale);
        }
        known_device::stop_remembering(tx, &owner.user.id)?;
        for _ in &held {
            event::store::record(tx, &owner.event(EventKind::DeviceForgotten), now)?;
        }
        Ok(Changed::Done)
    });
    stopped.await
}
