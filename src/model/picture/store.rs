//! Queries about pictures.

use super::{CLIENT_LOGO, Logo, Named};
use crate::model::client;
use crate::platform::clock::Time;
use crate::platform::db::{Connection, schema::*, touch};
use crate::platform::outbox::{self, NewMessage};
use crate::protocol::client_metadata::ClientMetadata;
use diesel::QueryResult;
use diesel::prelude::*;

/// A picture as it is kept.
#[derive(Queryable, Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub media_type: String,
    pub content: Vec<u8>,
}

/// The picture or logo of this name.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(connection: &mut Connection, name: &str) -> QueryResult<Option<Kept>> {
    let of_person: Option<Kept> = person_pictures::table
        .filter(person_pictures::name.eq(name))
        .select((person_pictures::name, person_pictures::media_type, person_pictures::content))
        .first(connection)
        .optional()?;
    if of_person.is_some() {
        return Ok(of_person);
    }
    client_logos::table
        .filter(client_logos::name.eq(name))
        .select((client_logos::name, client_logos::media_type, client_logos::content))
        .first(connection)
        .optional()
}

/// The picture that a person sent.
pub fn of_person(connection: &mut Connection, person: &str) -> QueryResult<Option<Kept>> {
    person_pictures::table
        .find(person)
        .select((person_pictures::name, person_pictures::media_type, person_pictures::content))
        .first(connection)
        .optional()
}

/// Keeps a person's picture in place of the one before.
pub fn set_of_person(tx: &mut Connection, person: &str, named: &Named, now: Time) -> QueryResult<()> {
    remove_of_person(tx, person)?;
    diesel::insert_into(person_pictures::table)
        .values((
            person_pictures::person_id.eq(person),
            person_pictures::name.eq(&named.name),
            person_pictures::media_type.eq(named.picture.media_type),
            person_pictures::content.eq(&named.picture.content),
            person_pictures::created_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Deletes the picture that a person sent; false where there is none.
pub fn remove_of_person(tx: &mut Connection, person: &str) -> QueryResult<bool> {
    diesel::delete(person_pictures::table.find(person)).execute(tx).map(|deleted| deleted == 1)
}

/// The logo of a client.
pub fn logo(connection: &mut Connection, client: &str) -> QueryResult<Option<Logo>> {
    let found: Option<(String, Option<String>)> = client_logos::table
        .find(client)
        .select((client_logos::name, client_logos::source))
        .first(connection)
        .optional()?;
    Ok(found.map(|(name, source)| Logo { name, is_fetched: source.is_some() }))
}

/// Keeps a client's logo in place of the one before, and tells every server. `source` is the `logo_uri` that it was fetched
/// from; none where an operator uploaded it.
pub fn set_logo(tx: &mut Connection, client: &str, named: &Named, source: Option<&str>, now: Time) -> QueryResult<()> {
    remove_logo(tx, client)?;
    diesel::insert_into(client_logos::table)
        .values((
            client_logos::client_id.eq(client),
            client_logos::name.eq(&named.name),
            client_logos::source.eq(source),
            client_logos::media_type.eq(named.picture.media_type),
            client_logos::content.eq(&named.picture.content),
            client_logos::created_at.eq(now.millis()),
        ))
        .execute(tx)
        .map(drop)
}

/// Deletes a client's logo, and tells every server; false where there is none.
pub fn remove_logo(tx: &mut Connection, client: &str) -> QueryResult<bool> {
    touch(tx, client::store::TOPIC)?;
    diesel::delete(client_logos::table.find(client)).execute(tx).map(|deleted| deleted == 1)
}

/// Deletes a logo that was fetched from another URI than the one that is registered now. An operator's own stays.
pub fn forget_other(tx: &mut Connection, client: &str, registered: Option<&str>) -> QueryResult<()> {
    let held: Option<Option<String>> =
        client_logos::table.find(client).select(client_logos::source).first(tx).optional()?;
    match held.flatten() {
        Some(source) if Some(source.as_str()) != registered => remove_logo(tx, client).map(drop),
        _ => Ok(()),
    }
}

/// Asks the outbox, under the id `message`, to fetch the logo of a client that registered one and has none yet.
pub fn ask_for(
    tx: &mut Connection,
    client: &str,
    metadata: &ClientMetadata,
    message: &str,
    now: Time,
) -> QueryResult<()> {
    if metadata.logo_uri.is_none() || logo(tx, client)?.is_some() {
        return Ok(());
    }
    let asked = NewMessage { kind: CLIENT_LOGO, client_id: Some(client.to_owned()), payload: "{}".to_owned() };
    outbox::store::insert(tx, message, &asked, now)
}

/// Keeps a logo that was fetched from `source`, where the client still names it and has no other.
pub fn keep_fetched(tx: &mut Connection, client: &str, named: &Named, source: &str, now: Time) -> QueryResult<()> {
    let Some(client) = client::store::find(tx, client)? else { return Ok(()) };
    if client.logo.is_some() || client.metadata.logo_uri.as_deref() != Some(source) {
        return Ok(());
    }
    set_logo(tx, &client.id, named, Some(source), now)
}
