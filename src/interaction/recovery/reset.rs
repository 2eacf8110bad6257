//! The new password, for whoever shows the code or the link.

use crate::model::address;
use crate::model::credential;
use crate::model::credential::choice::{self, Judged};
use crate::model::event::{self, Event, EventKind};
use crate::model::letter::{About, Letter};
use crate::model::one_time::{self, OneTime, Purpose, Remembered, Tried};
use crate::model::user::{self, User};
use crate::op::Op;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::secret::Secret;
use crate::tokens::ending::{self, Which};
use crate::tokens::family;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof<'a> {
    /// The code, in the interaction that asked for it.
    Code { interaction: &'a str, typed: &'a str },
    /// The secret of the link.
    Link(&'a str),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The password is set.
    Done,
    /// Not this code; another may be tried.
    WrongCode,
    /// Used, replaced, too old, or tried too often.
    Over,
    /// Not this password.
    Weak(choice::Weakness),
    /// The pool is full: try again shortly.
    Busy,
}

/// Whether a link can still be used.
pub(super) async fn find_link(op: &Op, link: &str) -> Result<Option<OneTime>, Unavailable> {
    op.find_link(Purpose::Recovery, link).await
}

/// Sets a new password.
pub(super) async fn reset(op: &Op, proof: Proof<'_>, password: &Secret<String>) -> Result<Outcome, Unavailable> {
    let rules = &op.config.password;
    // First what costs no try of the code.
    match choice::judge(&op.passwords, rules, password, &[]).await? {
        Judged::Good => {}
        Judged::Weak(weakness) => return Ok(Outcome::Weak(weakness)),
        Judged::Busy => return Ok(Outcome::Busy),
    }
    let one = match tried(op, proof).await? {
        Tried::Right(one) => one,
        Tried::Wrong => return Ok(Outcome::WrongCode),
        Tried::Over => return Ok(Outcome::Over),
    };
    let names = names(op, &one.subject).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match choice::judge(&op.passwords, rules, password, &names).await? {
        Judged::Good => {}
        Judged::Weak(weakness) => return Ok(Outcome::Weak(weakness)),
        Judged::Busy => return Ok(Outcome::Busy),
    }
    match op.passwords.hash(password).await {
        Ok(phc) => replace(op, one, phc).await,
        Err(PasswordError::Busy { .. }) => Ok(Outcome::Busy),
        Err(PasswordError::Unacceptable) => Ok(Outcome::Weak(choice::Weakness::Untypable)),
        Err(error) => Err(Unavailable::new(error)),
    }
}

async fn tried(op: &Op, proof: Proof<'_>) -> Result<Tried, Unavailable> {
    match proof {
        Proof::Link(link) => Ok(find_link(op, link).await?.map_or(Tried::Over, Tried::Right)),
        // That a code is good no more is told like a wrong one: it would tell that there is an account.
        Proof::Code { interaction, typed } => match op.try_code(Purpose::Recovery, interaction, typed).await? {
            Tried::Over => Ok(Tried::Wrong),
            tried => Ok(tried),
        },
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

/// All at once: the proof is used up, the password replaced, and whoever came in by the old one is out (ASVS 7.4.3),
/// with what their applications held, offline access too (RFC 9700 §4.14.2).
async fn replace(op: &Op, one: OneTime, phc: Secret<String>) -> Result<Outcome, Unavailable> {
    let (now, credential) = (op.now(), op.new_id());
    let (closing, letter) = (op.closing("password"), letter(op, &one));
    let went_to = serde_json::from_str::<Remembered>(&one.payload).ok().map(|remembered| remembered.address);
    let work = move |tx: &mut Connection| {
        let Some(person) = user::store::find(tx, &one.subject)?.filter(User::is_active) else {
            return Ok(Outcome::Over);
        };
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(Outcome::Over);
        }
        address::store::recovered(tx, &person, went_to.as_deref(), now)?;
        credential::store::set_password(tx, &credential, &one.subject, phc.expose(), now)?;
        event::store::record(tx, &Event::by_person(EventKind::PasswordReset, &one.subject), now)?;
        ending::store::end_of_person(tx, &one.subject, &Which::All, &closing)?;
        family::store::revoke_of_person(tx, &one.subject, "password", now)?;
        if let Some(letter) = &letter {
            letter.post(tx, now)?;
        }
        Ok(Outcome::Done)
    };
    op.db.write(work).await
}

/// Tells the person, at the address that the code went to (ASVS 6.3.7).
fn letter(op: &Op, one: &OneTime) -> Option<crate::op::letters::Envelope> {
    let remembered: Remembered = serde_json::from_str(&one.payload).ok()?;
    Some(op.letter(&Letter {
        to: remembered.address,
        name: None,
        locales: Some(remembered.locales),
        about: About::PasswordReset { link: op.config.issuer.endpoint("/recovery") },
    }))
}
