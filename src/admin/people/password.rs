//! Setting another person's password.

use crate::admin::{Credentials, Installation, Permit, Write};
use crate::model::credential;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, Turn};
use crate::op::notice::Notice;
use crate::platform::error::Unavailable;
use crate::platform::secret::Secret;
use crate::tokens::ending::{self, Which};
use crate::tokens::family;

#[derive(Clone)]
pub struct SetPassword {
    /// The hash of the new password.
    pub phc: Secret<String>,
    /// Whether the person stays signed in where they are.
    pub keeps_sessions: bool,
    /// Whether applications keep the access that they have while the person is away.
    pub keeps_offline: bool,
    /// The email about it.
    pub notice: Option<Notice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordSet {
    pub sessions: usize,
    /// So many applications' tokens that had outlived sessions.
    pub offline: usize,
}

/// Sets a person's password. Whoever came in by the one before is out, unless the caller keeps them; codes and links that wait
/// in a mailbox are void.
///
/// # Errors
/// When the store does not confirm.
pub async fn set_password(
    at: &Installation,
    permit: &Permit<Write, Credentials>,
    person: &str,
    wanted: SetPassword,
) -> Result<PasswordSet, Unavailable> {
    let (person, row, actor) = (person.to_owned(), at.new_id(), permit.actor().clone());
    let closing = at.closing(&actor, EndReason::Password);
    at.change(move |tx| {
        let now = closing.now;
        credential::store::set_password(tx, &row, &person, wanted.phc.expose(), now)?;
        one_time::store::void_after(tx, &person, Turn::Secured, now)?;
        event::store::record(tx, &Event::by(actor, EventKind::PasswordSet).person(&person), now)?;
        if let Some(notice) = &wanted.notice {
            notice.post(tx, &person)?;
        }
        let sessions = match wanted.keeps_sessions {
            true => 0,
            false => ending::store::end_of_person(tx, &person, &Which::All, &closing)?.len(),
        };
        let offline = match wanted.keeps_offline {
            true => 0,
            false => family::store::revoke_offline(tx, &person, EndReason::Password, now)?,
        };
        Ok(PasswordSet { sessions, offline })
    })
    .await
}
