//! The choice of language and theme, alike for page and API.

use crate::model::user::{Appearance, User};
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::platform::i18n::find_language;

/// What came of a change.
#[derive(Debug)]
pub enum Changed {
    /// The person as they are now.
    Saved(Box<User>),
    /// Somebody changed the person since that version: as they are now.
    Stale(Box<User>),
    /// Pages can't be had in that language.
    Unknown,
}

/// Changes what a person's pages look like as they were seen.
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
