//! Changes of the profile, for page and API.

use crate::account::owner::{NotMade, Owner, Who};
use crate::model::user::User;
use crate::model::user::schema::{self, Wrong};
use crate::op::Op;
use crate::platform::http::api::Seen;
use crate::protocol::claims::Claims;
use serde_json::Value;

/// The result of a change.
#[derive(Debug)]
pub enum Changed {
    /// The person as they are now.
    Saved(Box<User>),
    /// The person was changed since that version; their present state.
    Stale(Box<User>),
    /// These values are invalid.
    Wrong(Vec<(String, Wrong)>),
    /// Not editable in the schema.
    NotEditable(String),
}

/// Changes claims, if the person has not changed meanwhile: values replace, `null` and empty strings remove.
///
/// # Errors
/// See [`NotMade`].
pub async fn change(op: &Op, owner: &Owner, seen: Seen, patch: Claims) -> Result<Changed, NotMade> {
    let profile = &op.config.profile;
    let mut wrong = Vec::new();
    for (name, value) in &patch {
        let Some(field) = profile.of_claim(name).filter(|field| field.is_editable()) else {
            return Ok(Changed::NotEditable(name.clone()));
        };
        if let Err(rule) = schema::judge(field, value) {
            wrong.push((name.clone(), rule));
        }
    }
    if !wrong.is_empty() {
        return Ok(Changed::Wrong(wrong));
    }
    let now = op.now();
    let patch: Claims = patch.into_iter().map(|(name, value)| (name, emptied(value))).collect();
    let saved = owner.change(op, Who::SignedIn, move |tx, owner| super::store::save(tx, owner, &seen, &patch, now));
    Ok(match saved.await? {
        (user, true) => Changed::Saved(Box::new(user)),
        (user, false) => Changed::Stale(Box::new(user)),
    })
}

fn emptied(value: Value) -> Value {
    let is_empty = value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    if is_empty { Value::Null } else { value }
}
