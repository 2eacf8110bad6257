//! What follows a request for an account: a letter, whether the address has one already or not.

use super::SIGN_UP;
use crate::model::letter::{About, Letter};
use crate::model::one_time::{self, Asked, LINK_LIFETIME, Purpose, Remembered};
use crate::model::user;
use crate::model::user::identifier::Identifier;
use crate::op::Op;
use crate::op::letters::unreadable;
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};
use serde::{Deserialize, Serialize};

/// What was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The address that was typed.
    pub(super) address: String,
    /// The interaction that a code is good in.
    pub(super) interaction: String,
    /// The language of whoever asked.
    pub(super) language: String,
}

/// Keeps a request for later: the same work whatever address is named.
pub(super) async fn ask(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let (envelope, now) = (op.sealed(SIGN_UP, request), op.now());
    op.db.write(move |tx| envelope.post(tx, now)).await?;
    Ok(())
}

/// Sends code and link, or that there is an account.
pub async fn follow_up(op: &Op, message: Message) -> Delivery {
    let Some(request) = op.unsealed::<Request>(&message) else { return unreadable() };
    match write(op, &request).await {
        Ok(()) => Delivery::Delivered,
        Err(unavailable) => Delivery::Failed(unavailable.to_string()),
    }
}

async fn write(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let Ok(address) = Identifier::email(&request.address) else { return Ok(()) };
    let subject = op.pepper.hash("address", address.folded.as_bytes()).as_str().to_owned();
    // Nobody is told of it; codes are taken and refused all the same.
    let decoy = op.decoy(Purpose::SignUp, &request.interaction);
    if !op.admits_letter_to(&subject).await? {
        return op.db.write(move |tx| one_time::store::insert(tx, &decoy)).await;
    }
    let known = vec![address.clone()];
    let found = op.db.read(move |connection| user::store::find_by_identifiers(connection, &known)).await?;
    let remembered = Remembered { address: address.value.clone(), locales: request.language.clone() };
    let (new, secrets) = op.one_time(&Asked {
        purpose: Purpose::SignUp,
        subject: &subject,
        binding: Some(&request.interaction),
        payload: serde_json::json!(remembered).to_string(),
        lifetime: LINK_LIFETIME,
    });
    let about = match found {
        Some(_) => About::AlreadyRegistered { link: op.config.issuer.endpoint("/login") },
        None => About::SignUp {
            code: secrets.code,
            link: op.config.issuer.endpoint(&format!("/signup/link/{}", secrets.link)),
        },
    };
    let is_new = matches!(about, About::SignUp { .. });
    let letter = op.letter(&Letter { to: address.value, name: None, locales: Some(request.language.clone()), about });
    let now = op.now();
    op.db
        .write(move |tx| {
            one_time::store::insert(tx, if is_new { &new } else { &decoy })?;
            letter.post(tx, now)
        })
        .await?;
    Ok(())
}
