//! A person's picture: uploaded, encoded again, kept here, and told to applications by its URL.

use super::store;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::picture::{CLAIM, Named};
use crate::model::user::User;
use crate::op::Op;
use crate::platform::config::{FeatureName, Field};
use crate::platform::http::api::Seen;
use crate::platform::paths::Location;
use crate::platform::picture::{Refusal, read_beside};

/// What a file may be sent as.
pub const TYPES: &[&str] = &["image/png", "image/jpeg", "image/webp"];

/// The result of a change.
#[derive(Debug)]
pub enum Changed {
    /// The person as they are now.
    Saved(Box<User>),
    /// Somebody changed the person since that version.
    Stale,
    Refused(Refusal),
}

/// Whether people upload pictures here: where the operator lets them edit the claim.
pub fn is_offered(op: &Op) -> bool {
    op.has_feature(FeatureName::Pictures) && op.config.profile.of_claim(CLAIM).is_some_and(Field::is_editable)
}

/// Keeps a picture in place of the one before.
///
/// # Errors
/// See [`NotMade`]; so for [`remove`].
pub async fn set(op: &Op, owner: &Owner, seen: Seen, file: Vec<u8>) -> Result<Changed, NotMade> {
    match read_beside(file).await {
        Ok(picture) => write(op, owner, seen, Some(Named::new(picture, op.random.as_ref()))).await,
        Err(refusal) => Ok(Changed::Refused(refusal)),
    }
}

/// Deletes the picture, and the claim with it, whatever it names.
pub async fn remove(op: &Op, owner: &Owner, seen: Seen) -> Result<Changed, NotMade> {
    write(op, owner, seen, None).await
}

async fn write(op: &Op, owner: &Owner, seen: Seen, named: Option<Named>) -> Result<Changed, NotMade> {
    let url = named.as_ref().map(|named| op.config.issuer.endpoint(Location::Picture(&named.name)));
    let (author, now) = (owner.clone(), op.now());
    let new = named.zip(url);
    let saved = owner.change(op, Who::SignedIn, move |tx, confirmed| {
        store::set_picture(tx, (&author, confirmed), &seen, new.as_ref(), now)
    });
    Ok(saved.await?.map_or(Changed::Stale, |user| Changed::Saved(Box::new(user))))
}
