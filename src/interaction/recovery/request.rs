//! What follows a request for a new password. The answer was given before anybody looked whether there is such an
//! account, so that it tells nothing, neither by its text nor by its time.

use super::RECOVERY;
use crate::model::address;
use crate::model::event::{self, Event, EventKind};
use crate::model::letter::{About, Letter};
use crate::model::one_time::{self, Asked, LINK_LIFETIME, Purpose, Remembered};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::letters::unreadable;
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};
use serde::{Deserialize, Serialize};

/// What was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The name that was typed.
    pub(super) typed: String,
    /// The interaction that a code is good in.
    pub(super) interaction: String,
    /// The language of whoever asked.
    pub(super) language: String,
}

/// Keeps a request for later: the same work whoever is named.
pub(super) async fn ask(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let (envelope, now) = (op.sealed(RECOVERY, request), op.now());
    op.db.write(move |tx| envelope.post(tx, now)).await?;
    Ok(())
}

/// Sends code and link, if there is such an account and it has an address.
pub async fn follow_up(op: &Op, message: Message) -> Delivery {
    let Some(request) = op.unsealed::<Request>(&message) else { return unreadable() };
    match write(op, &request).await {
        Ok(()) => Delivery::Delivered,
        Err(unavailable) => Delivery::Failed(unavailable.to_string()),
    }
}

async fn write(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let Some((user, address)) = find(op, &request.typed).await? else { return pretend(op, request).await };
    if !op.admits_letter_to(&user.id).await? {
        return pretend(op, request).await;
    }
    let locales = [user.languages().unwrap_or_default().as_str(), &request.language].join(" ").trim().to_owned();
    let remembered = Remembered { address: address.clone(), locales: locales.clone() };
    let (new, secrets) = op.one_time(&Asked {
        purpose: Purpose::Recovery,
        subject: &user.id,
        binding: Some(&request.interaction),
        payload: serde_json::json!(remembered).to_string(),
        lifetime: LINK_LIFETIME,
    });
    let link = op.config.issuer.endpoint(&format!("/recovery/link/{}", secrets.link));
    let letter = op.letter(&Letter {
        to: address,
        name: Some(user.display_name().to_owned()),
        locales: Some(locales),
        about: About::Recovery { code: secrets.code, link },
    });
    let now = op.now();
    op.db
        .write(move |tx| {
            one_time::store::insert(tx, &new)?;
            letter.post(tx, now)?;
            let event = Event::by_system(EventKind::RecoveryRequested).person(&user.id);
            event::store::record(tx, &event, now)
        })
        .await?;
    Ok(())
}

/// Nobody gets a letter, and codes are taken and refused all the same.
async fn pretend(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let decoy = op.decoy(Purpose::Recovery, &request.interaction);
    op.db.write(move |tx| one_time::store::insert(tx, &decoy)).await
}

/// Whoever is meant, and where letters reach them.
async fn find(op: &Op, typed: &str) -> Result<Option<(User, String)>, Unavailable> {
    let (candidates, typed) = (Identifier::candidates(typed), typed.to_owned());
    op.db
        .read(move |connection| {
            let found = user::store::find_by_identifiers(connection, &candidates)?;
            let Some(user) = found.filter(User::is_active) else { return Ok(None) };
            let address = address::store::letter_to(connection, &user, &typed)?;
            Ok(address.map(|address| (user, address)))
        })
        .await
}
