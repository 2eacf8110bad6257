//! The account itself, for whoever shows the code or the link.

use crate::model::credential;
use crate::model::credential::choice::{self, Judged};
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, OneTime, Purpose, Remembered, Tried};
use crate::model::user::identifier::{self, Identifier};
use crate::model::user::schema::{self, Wrong};
use crate::model::user::store::NewUser;
use crate::model::user::{self, UserStatus, save};
use crate::op::Op;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::password::PasswordError;
use crate::platform::random;
use crate::platform::secret::Secret;
use crate::protocol::claims::Claims;

/// What a person may be called, in characters.
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

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof<'a> {
    /// The code, in the interaction that asked for it.
    Code { interaction: &'a str, typed: &'a str },
    /// The secret of the link.
    Link(&'a str),
}

/// What a person chose.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    /// Empty: the address is enough.
    pub(super) username: String,
    pub(super) password: Secret<String>,
    /// What the operator asks of everybody, by claim.
    pub(super) profile: Claims,
}

/// Why there is no account yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    WrongCode,
    NameMissing,
    UsernameUnusable,
    UsernameTaken,
    /// By claim.
    Profile(Vec<(String, Wrong)>),
    Weak(choice::Weakness),
    /// The pool is full: try again shortly.
    Busy,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is an account.
    Done,
    Again(Problem),
    /// Used, replaced, too old, or tried too often.
    Over,
}

/// What a link stands for, while it can be used.
pub(super) async fn find_link(op: &Op, link: &str) -> Result<Option<(OneTime, Remembered)>, Unavailable> {
    let found = match op.find_link(Purpose::SignUp, link).await? {
        Some(one) => Some(one),
        None => op.find_link(Purpose::Invitation, link).await?,
    };
    Ok(found.and_then(|one| serde_json::from_str(&one.payload).ok().map(|remembered| (one, remembered))))
}

/// Makes the account.
pub(super) async fn join(op: &Op, proof: Proof<'_>, choice: &Choice) -> Result<Outcome, Unavailable> {
    // First what costs no try of the code.
    let username = match judged(op, choice).await? {
        Ok(username) => username,
        Err(problem) => return Ok(Outcome::Again(problem)),
    };
    let (one, remembered) = match tried(op, proof).await? {
        Ok(one) => one,
        Err(outcome) => return Ok(outcome),
    };
    let names = [choice.name.as_str(), choice.username.as_str(), remembered.address.as_str()];
    if let Err(problem) = judged_password(op, choice, &names).await? {
        return Ok(Outcome::Again(problem));
    }
    match op.passwords.hash(&choice.password).await {
        Ok(phc) => create(op, one, claims(choice, &remembered), username, phc).await,
        Err(PasswordError::Busy { .. }) => Ok(Outcome::Again(Problem::Busy)),
        Err(PasswordError::Unacceptable) => Ok(Outcome::Again(Problem::Weak(choice::Weakness::Untypable))),
        Err(error) => Err(Unavailable::new(error)),
    }
}

async fn judged(op: &Op, choice: &Choice) -> Result<Result<Option<Identifier>, Problem>, Unavailable> {
    if choice.name.is_empty() || choice.name.chars().count() > LONGEST_NAME || choice.name.chars().any(char::is_control)
    {
        return Ok(Err(Problem::NameMissing));
    }
    let username = match choice.username.as_str() {
        "" => None,
        typed => match usable(typed) {
            Some(username) => Some(username),
            None => return Ok(Err(Problem::UsernameUnusable)),
        },
    };
    let empty = serde_json::Value::Null;
    let judged = op.config.profile.at_sign_up().filter_map(|field| {
        let value = choice.profile.get(&field.claim).unwrap_or(&empty);
        schema::judge(field, value).err().map(|wrong| (field.claim.clone(), wrong))
    });
    let wrong: Vec<_> = judged.collect();
    if !wrong.is_empty() {
        return Ok(Err(Problem::Profile(wrong)));
    }
    Ok(judged_password(op, choice, &[]).await?.map(|()| username))
}

async fn judged_password(op: &Op, choice: &Choice, names: &[&str]) -> Result<Result<(), Problem>, Unavailable> {
    Ok(match choice::judge(&op.passwords, &op.config.password, &choice.password, names).await? {
        Judged::Good => Ok(()),
        Judged::Weak(weakness) => Err(Problem::Weak(weakness)),
        Judged::Busy => Err(Problem::Busy),
    })
}

/// A user name by RFC 8265 that is nobody's address, and not the operator's.
fn usable(typed: &str) -> Option<Identifier> {
    let username = Identifier::new_username(typed).ok()?;
    let skeleton = username.skeleton();
    let is_reserved = RESERVED.iter().any(|name| identifier::skeleton(name) == skeleton);
    let is_usable = !username.folded.contains('@') && !is_reserved;
    is_usable.then_some(username)
}

async fn tried(op: &Op, proof: Proof<'_>) -> Result<Result<(OneTime, Remembered), Outcome>, Unavailable> {
    let (interaction, typed) = match proof {
        Proof::Link(link) => return Ok(find_link(op, link).await?.ok_or(Outcome::Over)),
        Proof::Code { interaction, typed } => (interaction, typed),
    };
    Ok(match op.try_code(Purpose::SignUp, interaction, typed).await? {
        Tried::Right(one) => match serde_json::from_str(&one.payload) {
            Ok(remembered) => Ok((one, remembered)),
            Err(_) => Err(Outcome::Over),
        },
        // That a code is good no more is told like a wrong one: it would tell that there is no account yet.
        Tried::Wrong | Tried::Over => Err(Outcome::Again(Problem::WrongCode)),
    })
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
) -> Result<Outcome, Unavailable> {
    let (now, id, credential) = (op.now(), op.new_id(), op.new_id());
    let sub = uuid::Builder::from_random_bytes(random::bytes::<16>(op.random.as_ref())).into_uuid().to_string();
    let work = move |tx: &mut Connection| {
        if let Some(username) = &username
            && (user::store::is_taken(tx, &id, username)? || user::store::looks_like(tx, &id, username)?.is_some())
        {
            return Ok(Outcome::Again(Problem::UsernameTaken));
        }
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(Outcome::Over);
        }
        let claims = save::patched(&Claims::new(), &claims, now);
        let new = NewUser { id: &id, sub: &sub, claims: &claims, status: UserStatus::Active };
        // Somebody made an account with this address meanwhile: theirs counts.
        let Ok(user) = save::store::create(tx, &new, username.as_ref(), now)? else { return Ok(Outcome::Over) };
        credential::store::set_password(tx, &credential, &user.id, phc.expose(), now)?;
        event::store::record(tx, &Event::by_person(EventKind::UserCreated, &user.id), now)?;
        Ok(Outcome::Done)
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
