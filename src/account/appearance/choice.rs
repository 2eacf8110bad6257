//! The choice of language and theme, for page and API.

use crate::model::user::{Appearance, User};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::platform::i18n::find_language;

/// The result of a change.
#[derive(Debug)]
pub enum Changed {
    /// The person as they are now.
    Saved(Box<User>),
    /// The person was changed since that version; their present state.
    Stale(Box<User>),
    /// Pages are not available in that language.
    Unknown,
}

/// Changes language and theme, if the person has not changed meanwhile.
///
/// # Errors
/// When the store does not answer.
pub async fn change(op: &Op, person: &str, seen: Seen, chosen: Appearance) -> Result<Changed, Unavailable> {
    if chosen.language.as_deref().is_some_and(|tag| find_language(tag).is_none()) {
        return Ok(Changed::Unknown);
    }
    let (person, now) = (person.to_owned(), op.now());
    let (user, saved) = op.db.write(move |tx| super::store::save(tx, &person, &seen, &chosen, now)).await?;
    Ok(if saved { Changed::Saved(Box::new(user)) } else { Changed::Stale(Box::new(user)) })
}
