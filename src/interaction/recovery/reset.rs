//! The new password, after the code or the link was presented.

use crate::model::address;
use crate::model::credential;
use crate::model::credential::choice::{self, Judged, Weakness};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, OneTime};
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::letters::Envelope;
use crate::op::proof_by_mail::page::remembered;
use crate::op::proof_by_mail::{Faults, Settled};
use crate::pages::letter::{About, Letter};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::paths::Location;
use crate::platform::secret::Secret;
use crate::tokens::ending::{self, Which};
use crate::tokens::family;

/// The problem of a new password; that it contains the person's names is only revealed with a valid proof.
pub(super) async fn judge(
    op: &Op,
    password: &Secret<String>,
    one: Option<&OneTime>,
) -> Result<Faults<Weakness>, Unavailable> {
    let names = match one {
        Some(one) => names(op, &one.subject).await?,
        None => Vec::new(),
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(match choice::judge(&op.passwords, &op.config.password, password, &names).await? {
        Judged::Good => Faults::default(),
        Judged::Weak(weakness) => Faults::of(vec![weakness]),
        Judged::Busy => Faults::busy(),
    })
}

/// Sets a new password.
pub(super) async fn reset(op: &Op, one: OneTime, password: &Secret<String>) -> Result<Settled<Weakness>, Unavailable> {
    match op.passwords.hash(password).await {
        Ok(phc) => replace(op, one, phc).await,
        Err(PasswordError::Busy { .. }) => Ok(Settled::Again(Faults::busy())),
        Err(PasswordError::Unacceptable) => Ok(Settled::Again(Faults::of(vec![Weakness::Untypable]))),
        Err(error) => Err(Unavailable::new(error)),
    }
}

async fn names(op: &Op, person: &str) -> Result<Vec<String>, Unavailable> {
    let person = person.to_owned();
    op.db
        .read(move |connection| {
            let name = user::store::find(connection, &person)?.and_then(|user| user.text("name").map(str::to_owned));
            let held = user::store::identifiers_of(connection, &[person])?;
            Ok(held.into_iter().map(|held| held.value).chain(name).collect())
        })
        .await
}

/// In one transaction: the proof is used up, the password replaced, and all sessions end (ASVS 7.4.3),
/// with all tokens, including offline access (RFC 9700 §4.14.2). Pending sign-ins by mail end too:
/// they may have been requested by a stranger.
async fn replace(op: &Op, one: OneTime, phc: Secret<String>) -> Result<Settled<Weakness>, Unavailable> {
    let (now, credential) = (op.now(), op.new_id());
    let (closing, letter) = (op.closing(EndReason::Password), letter(op, &one));
    let went_to = remembered(&one).map(|remembered| remembered.address);
    let work = move |tx: &mut Connection| {
        // A sign-in by the old password begins before this, and ends with it, or not at all.
        user::store::hold(tx, &one.subject)?;
        let Some(person) = user::store::find(tx, &one.subject)?.filter(User::is_active) else {
            return Ok(Settled::Over);
        };
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(Settled::Over);
        }
        address::store::recovered(tx, &person, went_to.as_deref(), now)?;
        credential::store::set_password(tx, &credential, &one.subject, phc.expose(), now)?;
        event::store::record(tx, &Event::by_person(EventKind::PasswordReset, &one.subject), now)?;
        ending::store::end_of_person(tx, &one.subject, &Which::All, &closing)?;
        family::store::revoke_of_person(tx, &one.subject, EndReason::Password, now)?;
        if let Some(letter) = &letter {
            letter.post(tx, now)?;
        }
        // Read again: what was done to them may have changed them.
        Ok(user::store::find(tx, &one.subject)?.map_or(Settled::Over, |user| Settled::In(Box::new(user))))
    };
    op.db.write(work).await
}

/// Notifies the person, at the address of the code (ASVS 6.3.7).
fn letter(op: &Op, one: &OneTime) -> Option<Envelope> {
    let remembered = remembered(one)?;
    Some(op.letter(&Letter {
        to: remembered.address,
        name: None,
        locales: Some(remembered.locales),
        about: About::PasswordReset { link: op.config.issuer.endpoint(Location::Recovery) },
    }))
}
