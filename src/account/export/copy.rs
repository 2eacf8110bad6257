//! All data about a person, as one JSON document.

use super::store;
use crate::account::owner::{NotMade, Owner, Who};
use crate::model::address;
use crate::model::event::{self, Event, EventKind};
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::platform::mail::MAIL;
use crate::platform::outbox;
use serde_json::{Value, json};

/// Queued emails that are searched at most: a longer queue means that none are sent.
const LETTERS: i64 = 10_000;

/// Reads the data, and records the export.
///
/// # Errors
/// See [`NotMade`].
pub async fn copy(op: &Op, owner: &Owner) -> Result<Value, NotMade> {
    let (letters, now) = (letters(op, &owner.user.id).await?, op.now());
    let copied = owner.change(op, Who::SignedInLately, move |tx, owner| {
        event::store::record(tx, &Event::by_person(EventKind::UserExported, owner.id()), now)?;
        store::held(tx, owner.id(), now)
    });
    let mut document = copied.await?;
    if let Some(members) = document.as_object_mut() {
        members.insert("waiting_letters".to_owned(), Value::Array(letters));
    }
    Ok(document)
}

/// Queued emails, without codes and links. Only those to the person's verified addresses: an email to
/// another address may be somebody else's.
async fn letters(op: &Op, person: &str) -> Result<Vec<Value>, Unavailable> {
    let person = person.to_owned();
    let found = op.db.read_long(move |connection| {
        let user = crate::account::store::person(connection, &person)?;
        let held = address::store::list(connection, &user)?;
        let proved: Vec<String> =
            held.into_iter().filter(address::Address::is_verified).map(|held| held.value).collect();
        Ok((proved, outbox::store::list_waiting(connection, MAIL, LETTERS)?))
    });
    let (proved, waiting) = found.await?;
    let told = |(id, payload, since): (String, String, i64)| {
        let letter: Value = serde_json::from_str(&op.mailer.open(&id, &payload)?).ok()?;
        let to = letter.get("to")?.as_str().filter(|to| proved.iter().any(|proved| proved == to))?;
        let about = letter.get("about")?.get("kind")?;
        Some(json!({ "to": to, "about": about, "since": Time::from_millis(since).rfc3339() }))
    };
    Ok(waiting.into_iter().filter_map(told).collect())
}
