//! Creating the account, after the code or the link was presented.

use crate::model::credential;
use crate::model::credential::choice::{self, Judged, Weakness};
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, OneTime, Remembered};
use crate::model::user::identifier::{self, Identifier};
use crate::model::user::schema::{self, Wrong};
use crate::model::user::store::NewUser;
use crate::model::user::{self, UserStatus, save};
use crate::op::Op;
use crate::op::proof_by_mail::page::remembered;
use crate::op::proof_by_mail::{Faults, Settled};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::random;
use crate::platform::secret::Secret;
use crate::protocol::claims::Claims;
use crate::protocol::visible::{self, Unseen};
use diesel::QueryResult;

/// The longest name of a person, in characters.
const LONGEST_NAME: usize = 100;
/// Names that people would take for the operator's word.
const RESERVED: [&str; 14] = [
    "abuse",
    "account",
    "admin",
    "administrator",
    "help",
    "hostmaster",
    "info",
    "latchkey",
    "noreply",
    "postmaster",
    "root",
    "security",
    "support",
    "webmaster",
];

/// What a person chose.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    /// Empty: the address is enough.
    pub(super) username: String,
    pub(super) password: Secret<String>,
    /// The profile fields that the operator requests, by claim.
    pub(super) profile: Claims,
}

/// Why the account was not created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NameMissing,
    /// It holds characters that nobody sees, or that turn the direction of writing.
    NameUnseen,
    UsernameUnusable,
    UsernameTaken,
    Profile(String, Wrong),
    Weak(Weakness),
}

impl Fault {
    /// What is wrong with a claim.
    pub(super) fn of_claim(&self, asked: &str) -> Option<Wrong> {
        match self {
            Self::Profile(claim, wrong) if claim == asked => Some(*wrong),
            _ => None,
        }
    }
}

/// All problems of a choice; that a name is taken is only revealed with a valid proof.
pub(super) async fn judge(op: &Op, choice: &Choice, one: Option<&OneTime>) -> Result<Faults<Fault>, Unavailable> {
    let mut own = Vec::new();
    let length = choice.name.chars().count();
    match visible::check(&choice.name) {
        _ if length == 0 || length > LONGEST_NAME => own.push(Fault::NameMissing),
        Err(Unseen::Control) => own.push(Fault::NameMissing),
        Err(_) => own.push(Fault::NameUnseen),
        Ok(()) => {}
    }
    match username(choice) {
        Ok(Some(username)) if one.is_some() && is_taken(op, &username).await? => own.push(Fault::UsernameTaken),
        Ok(_) => {}
        Err(fault) => own.push(fault),
    }
    let empty = serde_json::Value::Null;
    own.extend(op.config.profile.at_sign_up().filter_map(|field| {
        let value = choice.profile.get(&field.claim).unwrap_or(&empty);
        schema::judge(field, value).err().map(|wrong| Fault::Profile(field.claim.clone(), wrong))
    }));
    let address = one.and_then(remembered).map(|remembered| remembered.address).unwrap_or_default();
    let names = [choice.name.as_str(), choice.username.as_str(), address.as_str()];
    // Without the proof, what is typed beside it is no measure of the password.
    let names = if one.is_some() { names.as_slice() } else { &[] };
    match choice::judge(&op.passwords, &op.config.password, &choice.password, names).await? {
        Judged::Good => {}
        Judged::Weak(weakness) => own.push(Fault::Weak(weakness)),
        Judged::Busy => return Ok(Faults { busy: true, ..Faults::of(own) }),
    }
    Ok(Faults::of(own))
}

fn username(choice: &Choice) -> Result<Option<Identifier>, Fault> {
    match choice.username.as_str() {
        "" => Ok(None),
        typed => usable(typed).map(Some).ok_or(Fault::UsernameUnusable),
    }
}

async fn is_taken(op: &Op, username: &Identifier) -> Result<bool, Unavailable> {
    let username = username.clone();
    op.db.read(move |connection| is_used(connection, "", &username)).await
}

/// Whether another person has this name, or one that looks like it.
fn is_used(connection: &mut Connection, id: &str, username: &Identifier) -> QueryResult<bool> {
    let is_taken = user::store::is_taken(connection, id, username)?;
    Ok(is_taken || user::store::looks_like(connection, id, username)?.is_some())
}

pub(super) async fn join(op: &Op, one: OneTime, choice: &Choice) -> Result<Settled<Fault>, Unavailable> {
    let username = match username(choice) {
        Ok(username) => username,
        Err(fault) => return Ok(Settled::Again(Faults::of(vec![fault]))),
    };
    let Some(remembered) = remembered(&one) else { return Ok(Settled::Over) };
    match op.passwords.hash(&choice.password).await {
        Ok(phc) => create(op, one, claims(choice, &remembered), username, phc).await,
        Err(PasswordError::Busy { .. }) => Ok(Settled::Again(Faults::busy())),
        Err(PasswordError::Unacceptable) => Ok(Settled::Again(Faults::of(vec![Fault::Weak(Weakness::Untypable)]))),
        Err(error) => Err(Unavailable::new(error)),
    }
}

/// A user name by RFC 8265 that is not an email address and not reserved.
fn usable(typed: &str) -> Option<Identifier> {
    let username = Identifier::new_username(typed).ok()?;
    let skeleton = username.skeleton();
    let is_reserved = RESERVED.iter().any(|name| identifier::skeleton(name) == skeleton);
    let is_usable = !username.folded.contains('@') && !is_reserved;
    is_usable.then_some(username)
}

/// The address was proved: it counts as verified from the first day (ASVS 6.8.1).
fn claims(choice: &Choice, remembered: &Remembered) -> Claims {
    let claims = serde_json::json!({ "name": choice.name, "email": remembered.address, "email_verified": true });
    let mut claims = claims.as_object().cloned().unwrap_or_default();
    claims.extend(choice.profile.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())));
    if !choice.username.is_empty() {
        claims.insert("preferred_username".to_owned(), choice.username.clone().into());
    }
    claims
}

async fn create(
    op: &Op,
    one: OneTime,
    claims: Claims,
    username: Option<Identifier>,
    phc: Secret<String>,
) -> Result<Settled<Fault>, Unavailable> {
    let (now, id, credential) = (op.now(), op.new_id(), op.new_id());
    let sub = uuid::Builder::from_random_bytes(random::bytes::<16>(op.random.as_ref())).into_uuid().to_string();
    let work = move |tx: &mut Connection| {
        if let Some(username) = &username
            && is_used(tx, &id, username)?
        {
            return Ok(Settled::Again(Faults::of(vec![Fault::UsernameTaken])));
        }
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(Settled::Over);
        }
        let claims = save::patched(&Claims::new(), &claims, now);
        let new = NewUser { id: &id, sub: &sub, claims: &claims, status: UserStatus::Active };
        // An account with this address was created meanwhile.
        let Ok(user) = save::store::create(tx, &new, username.as_ref(), now)? else { return Ok(Settled::Over) };
        credential::store::set_password(tx, &credential, &user.id, phc.expose(), now)?;
        event::store::record(tx, &Event::by_person(EventKind::UserCreated, &user.id), now)?;
        Ok(Settled::In(Box::new(user)))
    };
    op.db.write(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aut_22_a_name_is_nobodys_address_and_not_the_operators() {
        assert_eq!(usable("Ada").map(|username| username.folded), Some("ada".into()));
        for bad in [
            "ada@example.org",
            "ROOT",
            "ｒｏｏｔ",
            "a b",
            "a\u{202e}b",
            "r\u{43e}ot",
            "sub:x",
            "01a200f4-0ece-753b-b6ed-3c1933e2f898",
        ] {
            assert_eq!(usable(bad), None, "{bad}");
        }
    }
}
