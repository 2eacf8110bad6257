//! What people allowed applications.

use super::{Delete, Grants, Installation, Permit, Read};
use crate::model::consent::{Consent, store};
use crate::model::event::{self, Actor, Event, EventKind};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::tokens::family;
use diesel::QueryResult;
use std::collections::BTreeSet;

/// Every consent of a person, by `client_id`.
///
/// # Errors
/// When the store does not answer; so for [`revoke`].
pub async fn list(
    at: &Installation,
    _: &Permit<Read, Grants>,
    person: &str,
) -> Result<Vec<(String, Consent)>, Unavailable> {
    let person = person.to_owned();
    at.db.read(move |connection| store::list(connection, &person)).await
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Applications whose consent was forgotten.
    pub clients: Vec<String>,
    /// Token families that were revoked.
    pub families: usize,
}

/// Deletes a person's consents to one application or to all, and revokes the tokens.
pub async fn revoke(
    at: &Installation,
    permit: &Permit<Delete, Grants>,
    person: &str,
    client: Option<&str>,
) -> Result<Revoked, Unavailable> {
    let (person, client, actor) = (person.to_owned(), client.map(str::to_owned), permit.actor().clone());
    let now = at.now();
    at.change(move |tx| take_back(tx, &actor, &person, client, now)).await
}

/// The applications that a person allowed something, or that hold tokens for them without having been asked about.
fn everyone(tx: &mut Connection, person: &str) -> QueryResult<BTreeSet<String>> {
    let allowed = store::list(tx, person)?.into_iter().map(|(client, _)| client);
    Ok(allowed.chain(family::store::clients_of(tx, person)?).collect())
}

fn take_back(
    tx: &mut Connection,
    actor: &Actor,
    person: &str,
    only: Option<String>,
    now: Time,
) -> QueryResult<Revoked> {
    let clients = match only {
        Some(client) => BTreeSet::from([client]),
        None => everyone(tx, person)?,
    };
    let mut revoked = Revoked { clients: Vec::new(), families: 0 };
    for client in clients {
        // A trusted application has tokens without a remembered consent.
        let ended = family::store::revoke_of_consent(tx, person, &client, now)?;
        revoked.families = revoked.families.saturating_add(ended);
        let known = store::revoke(tx, person, &client)?;
        if known || ended > 0 {
            let event = Event::by(actor.clone(), EventKind::ConsentRevoked).person(person).client(&client);
            event::store::record(tx, &event, now)?;
        }
        revoked.clients.extend(known.then_some(client));
    }
    Ok(revoked)
}
