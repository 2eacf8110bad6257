//! The choice of language and theme, for page and API.

use crate::account::owner::{NotMade, Owner, Who};
use crate::model::user::{Appearance, User};
use crate::op::Op;
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
/// See [`NotMade`].
pub async fn change(op: &Op, owner: &Owner, seen: Seen, chosen: Appearance) -> Result<Changed, NotMade> {
    if chosen.language.as_deref().is_some_and(|tag| find_language(tag).is_none()) {
        return Ok(Changed::Unknown);
    }
    let now = op.now();
    let saved = owner.change(op, Who::SignedIn, move |tx, owner| super::store::save(tx, owner, &seen, &chosen, now));
    let (user, saved) = saved.await?;
    Ok(if saved { Changed::Saved(Box::new(user)) } else { Changed::Stale(Box::new(user)) })
}
