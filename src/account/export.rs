//! Everything that is held about a person, as one JSON document.

use crate::model::event::{self, Event};
use crate::op::Op;
use crate::platform::error::Unavailable;
use serde_json::Value;

/// Reads it, and records that it was handed out.
///
/// # Errors
/// When the store does not answer.
pub async fn export(op: &Op, person: &str) -> Result<Value, Unavailable> {
    let (person, now) = (person.to_owned(), op.now());
    op.db
        .write(move |tx| {
            event::store::record(tx, &Event::by_person("user.exported", &person), now)?;
            super::store::held(tx, &person, now)
        })
        .await
}
