//! Creating and changing a person: one by one, and as part of a larger transaction.

use super::Person;
use super::disable::{let_in, shut_out};
use crate::admin::{Installation, Permit, Users, Write};
use crate::model::credential;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, Turn};
use crate::model::user::identifier::Identifier;
use crate::model::user::save::{self, Problem, patched};
use crate::model::user::store::NewUser;
use crate::model::user::{User, UserStatus, schema};
use crate::platform::config::Profile;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::random;
use crate::platform::secret::Secret;
use crate::protocol::claims::Claims;
use crate::tokens::ending::Closing;
use diesel::QueryResult;
use std::sync::Arc;

/// The desired state of a person.
#[derive(Clone, Default)]
pub struct Change {
    /// A user name to sign in with.
    pub username: Option<Identifier>,
    /// Claims that change; `null` removes.
    pub claims: Claims,
    /// The subject, which never changes.
    pub sub: Option<String>,
    pub phc: Option<Secret<String>>,
    /// Whether the person is refused everywhere.
    pub disabled: Option<bool>,
}

/// Who writes, ids and time for one write.
#[derive(Clone)]
pub struct Stamp {
    /// Of a new person.
    pub id: String,
    /// Of a new password.
    pub credential: String,
    /// Of a new person for whom none is given.
    pub sub: String,
    /// The operator's schema of profiles.
    pub profile: Arc<Profile>,
    permit: Permit<Write, Users>,
    closing: Closing,
}

impl Stamp {
    /// For a write now.
    pub fn new(at: &Installation, permit: &Permit<Write, Users>) -> Self {
        let bytes = random::bytes::<16>(at.random.as_ref());
        Self {
            id: at.new_id(),
            credential: at.new_id(),
            sub: uuid::Builder::from_random_bytes(bytes).into_uuid().to_string(),
            profile: Arc::clone(&at.config.profile),
            permit: permit.clone(),
            closing: at.closing(permit.actor(), EndReason::Disabled),
        }
    }

    /// What happened, by whoever writes.
    pub fn event(&self, kind: EventKind, person: &str) -> Event {
        Event::by(self.permit.actor().clone(), kind).person(person)
    }
}

/// Adds a person.
///
/// # Errors
/// When the store does not confirm; so for [`update`].
pub async fn create(
    at: &Installation,
    permit: &Permit<Write, Users>,
    change: Change,
) -> Result<Result<User, Problem>, Unavailable> {
    let stamp = Stamp::new(at, permit);
    at.change(move |tx| add(tx, &change, &stamp)).await
}

/// Changes a person; true when something changed.
pub async fn update(
    at: &Installation,
    permit: &Permit<Write, Users>,
    person: &Person,
    change: Change,
) -> Result<Result<bool, Problem>, Unavailable> {
    let (stamp, person) = (Stamp::new(at, permit), person.clone());
    at.change(move |tx| alter(tx, &person, &change, &stamp)).await
}

/// Adds a person, in the caller's transaction.
///
/// # Errors
/// Any failure of the database; so for [`alter`].
pub fn add(tx: &mut Connection, change: &Change, stamp: &Stamp) -> QueryResult<Result<User, Problem>> {
    let now = stamp.closing.now;
    let mut patch = change.claims.clone();
    name_after(&mut patch, change.username.as_ref(), None);
    let claims = patched(&Claims::new(), &patch, now);
    if let Err(problem) = schema::check(&stamp.profile, &patch) {
        return Ok(Err(problem));
    }
    let status = if change.disabled == Some(true) { UserStatus::Disabled } else { UserStatus::Active };
    let new = NewUser { id: &stamp.id, sub: change.sub.as_deref().unwrap_or(&stamp.sub), claims: &claims, status };
    let user = match save::store::create(tx, &new, change.username.as_ref(), now)? {
        Ok(user) => user,
        Err(problem) => return Ok(Err(problem)),
    };
    event::store::record(tx, &stamp.event(EventKind::UserCreated, &user.id), now)?;
    if let Some(phc) = &change.phc {
        credential::store::set_password(tx, &stamp.credential, &user.id, phc.expose(), now)?;
    }
    Ok(Ok(user))
}

/// Changes a person, in the caller's transaction; true when something changed.
pub fn alter(
    tx: &mut Connection,
    person: &Person,
    change: &Change,
    stamp: &Stamp,
) -> QueryResult<Result<bool, Problem>> {
    let (user, now) = (&person.user, stamp.closing.now);
    if change.sub.as_ref().is_some_and(|sub| *sub != user.sub) {
        return Ok(Err(Problem::SubChanges { is: user.sub.clone() }));
    }
    let mut patch = change.claims.clone();
    name_after(&mut patch, change.username.as_ref(), Some(person));
    if let Err(problem) = schema::check(&stamp.profile, &patch) {
        return Ok(Err(problem));
    }
    let claims = patched(&user.claims, &patch, now);
    let mut changed = match save::store::update(tx, user, change.username.as_ref(), &claims, now)? {
        Ok(changed) => changed,
        Err(problem) => return Ok(Err(problem)),
    };
    if changed {
        event::store::record(tx, &stamp.event(EventKind::UserUpdated, &user.id), now)?;
    }
    if let Some(phc) = &change.phc {
        credential::store::set_password(tx, &stamp.credential, &user.id, phc.expose(), now)?;
        one_time::store::void_after(tx, &user.id, Turn::Secured, now)?;
        event::store::record(tx, &stamp.event(EventKind::PasswordSet, &user.id), now)?;
        changed = true;
    }
    match change.disabled {
        // Who is leaving could call that off: an operator's word counts.
        Some(true) if matches!(user.status, UserStatus::Active | UserStatus::Leaving) => {
            shut_out(tx, &stamp.permit, &user.id, &stamp.closing)?;
        }
        Some(false) if user.status == UserStatus::Disabled => let_in(tx, &stamp.permit, &user.id, now)?,
        _ => return Ok(Ok(changed)),
    }
    Ok(Ok(true))
}

/// `preferred_username` follows the user name, unless the change sets it or it was another before.
pub fn name_after(patch: &mut Claims, username: Option<&Identifier>, before: Option<&Person>) {
    let Some(username) = username.filter(|_| !patch.contains_key("preferred_username")) else { return };
    let followed = before.is_none_or(|person| {
        let shown = person.user.text("preferred_username");
        shown.is_none() || shown == person.identifier("username").map(|held| held.value.as_str())
    });
    if followed {
        patch.insert("preferred_username".to_owned(), username.value.clone().into());
    }
}
