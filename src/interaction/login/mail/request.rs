//! What follows a request for a code. The answer was given before anybody looked whether there is such an account, so
//! that it tells nothing, neither by its text nor by its time.

use super::SIGN_IN;
use crate::model::address;
use crate::model::event::{self, Event, EventKind};
use crate::model::letter::{About, Letter};
use crate::model::one_time::{self, Asked, CODE_LIFETIME, OneTime, Purpose};
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
    /// The interaction that code and link are good in.
    pub(super) interaction: String,
    /// The language of whoever asked.
    pub(super) language: String,
}

/// Keeps a request for later: the same work whoever is named.
pub(super) async fn ask(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let (envelope, now) = (op.sealed(SIGN_IN, request), op.now());
    op.db.write(move |tx| envelope.post(tx, now)).await?;
    Ok(())
}

/// Sends code and link, if there is such an account and it has proved an address.
pub async fn follow_up(op: &Op, message: Message) -> Delivery {
    let Some(request) = op.unsealed::<Request>(&message) else { return unreadable() };
    match write(op, &request).await {
        Ok(()) => Delivery::Delivered,
        Err(unavailable) => Delivery::Failed(unavailable.to_string()),
    }
}

async fn write(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let Some((user, to)) = reached(op, &request.typed).await? else { return pretend(op, request).await };
    if !op.admits_letter_to(&user.id).await? {
        return pretend(op, request).await;
    }
    let (new, secrets) = op.one_time(&Asked {
        purpose: Purpose::SignIn,
        subject: &user.id,
        binding: Some(&request.interaction),
        payload: "{}".to_owned(),
        lifetime: CODE_LIFETIME,
    });
    let link = op.config.issuer.endpoint(&format!("/login/mail/link/{}", secrets.link));
    let letter = op.letter(&Letter {
        to,
        name: Some(user.display_name().to_owned()),
        locales: Some(
            [&user.languages().unwrap_or_default(), &request.language].map(String::as_str).join(" ").trim().to_owned(),
        ),
        about: About::SignIn { code: secrets.code, link },
    });
    let now = op.now();
    op.db
        .write(move |tx| {
            one_time::store::insert(tx, &new)?;
            letter.post(tx, now)?;
            let event = Event::by_system(EventKind::SignInCodeRequested).person(&user.id);
            event::store::record(tx, &event, now)
        })
        .await?;
    Ok(())
}

/// Nobody gets a letter, and codes are taken and refused all the same.
async fn pretend(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let decoy = op.decoy(Purpose::SignIn, &request.interaction);
    op.db.write(move |tx| one_time::store::insert(tx, &decoy)).await
}

async fn reached(op: &Op, typed: &str) -> Result<Option<(User, String)>, Unavailable> {
    let (candidates, typed) = (Identifier::candidates(typed), typed.to_owned());
    op.db
        .read(move |connection| {
            let found = user::store::find_by_identifiers(connection, &candidates)?;
            let Some(user) = found.filter(User::is_active) else { return Ok(None) };
            let address = address::store::proved_for(connection, &user, &typed)?;
            Ok(address.map(|address| (user, address)))
        })
        .await
}

/// Uses up what was proved; the person who signs in by it, if they may.
pub(super) async fn spend(op: &Op, one: OneTime) -> Result<Option<User>, Unavailable> {
    let now = op.now();
    op.db
        .write(move |tx| {
            let user = user::store::find(tx, &one.subject)?.filter(User::is_active);
            if user.is_none() || !one_time::store::spend(tx, &one.id, now)? {
                return Ok(None);
            }
            Ok(user)
        })
        .await
}
