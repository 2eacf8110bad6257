//! Second factors that a person lost.

use crate::admin::{Credentials, Delete, Installation, Permit};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::{credential, factor, known_device, user};
use crate::op::notice::Notice;
use crate::platform::error::Unavailable;
use crate::tokens::ending::{self, Which};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorsReset {
    /// So many sessions ended.
    pub sessions: usize,
    /// Whether a password still lets the person in.
    pub has_password: bool,
}

/// Takes the authenticator app, the passkeys, the recovery codes and the remembered browsers away; the password stays. `None`
/// where there was nothing to take.
///
/// # Errors
/// When the store does not confirm.
pub async fn reset_factors(
    at: &Installation,
    permit: &Permit<Delete, Credentials>,
    person: &str,
    notice: Option<Notice>,
) -> Result<Option<FactorsReset>, Unavailable> {
    let (person, actor, closing) =
        (person.to_owned(), permit.actor().clone(), at.closing(permit.actor(), EndReason::Factors));
    at.change(move |tx| {
        // A sign-in by one of them either began before, and ends with the others, or does not begin.
        user::store::hold(tx, &person)?;
        if !factor::store::remove_all(tx, &person)? {
            return Ok(None);
        }
        known_device::store::stop_remembering(tx, &person)?;
        event::store::record(tx, &Event::by(actor, EventKind::FactorsReset).person(&person), closing.now)?;
        if let Some(notice) = &notice {
            notice.post(tx, &person)?;
        }
        let has_password = credential::store::find_password(tx, &person)?.is_some();
        let sessions = ending::store::end_of_person(tx, &person, &Which::All, &closing)?.len();
        Ok(Some(FactorsReset { sessions, has_password }))
    })
    .await
}
