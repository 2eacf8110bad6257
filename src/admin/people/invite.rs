//! An account offered to an address.

use crate::admin::{Installation, Permit, Users, Write};
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, Asked, INVITATION_LIFETIME, Purpose, Remembered};
use crate::model::user;
use crate::model::user::identifier::Identifier;
use crate::op::letters::Envelope;
use crate::pages::letter::{About, Letter};
use crate::platform::crypto::Pepper;
use crate::platform::error::Unavailable;
use crate::platform::mail::{MAIL, Mailer};
use crate::platform::paths::{MailFlow, Screen};
use serde_json::json;
use std::slice::from_ref;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// A server sends the email.
    Sent,
    /// The address belongs to an account already.
    Known,
}

/// Sends an address a link to make an account with it. `locales` is the language of the email, empty for the default.
///
/// # Errors
/// When the store does not confirm.
pub async fn invite(
    at: &Installation,
    permit: &Permit<Write, Users>,
    (mailer, pepper): (&Mailer, &Pepper),
    address: &Identifier,
    locales: &str,
) -> Result<Invited, Unavailable> {
    let now = at.now();
    let remembered = Remembered { address: address.value.clone(), locales: locales.to_owned() };
    let subject = pepper.hash("address", address.folded.as_bytes());
    let asked = Asked {
        purpose: Purpose::Invitation,
        subject: subject.as_str(),
        binding: None,
        payload: json!(remembered).to_string(),
        lifetime: INVITATION_LIFETIME,
    };
    let (new, secrets) = one_time::new(&asked, pepper, at.random.as_ref(), now);
    let letter = Letter {
        to: address.value.clone(),
        name: None,
        locales: Some(locales.to_owned()),
        about: About::Invitation {
            link: at.config.issuer.endpoint(Screen::MailLink(MailFlow::SignUp).at(&secrets.link)),
        },
    };
    let envelope = Envelope::seal(mailer, at.new_id(), MAIL, &letter);
    let (address, actor) = (address.clone(), permit.actor().clone());
    at.db
        .write(move |tx| {
            if user::store::find_by_identifiers(tx, from_ref(&address))?.is_some() {
                return Ok(Invited::Known);
            }
            one_time::store::insert(tx, &new)?;
            envelope.post(tx, now)?;
            event::store::record(tx, &Event::by(actor, EventKind::UserInvited), now)?;
            Ok(Invited::Sent)
        })
        .await
}
