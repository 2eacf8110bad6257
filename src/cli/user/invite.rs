//! An account offered to an address; a server sends the letter.

use super::{Answer, Failure, Site};
use crate::model::event::{self, Event};
use crate::model::letter::{About, Letter};
use crate::model::one_time::{self, Asked, INVITATION_LIFETIME, Purpose, Remembered};
use crate::model::user;
use crate::model::user::identifier::Identifier;
use crate::op::letters::Envelope;
use crate::platform::config::SignupMode;
use crate::platform::mail::{MAIL, Mailer, is_address};
use serde_json::json;
use std::sync::Arc;

#[derive(clap::Args)]
pub(in crate::cli) struct Invite {
    /// The address that the account is for
    email: String,
    /// The language of the letter, such as `de`
    #[arg(long, default_value = "", hide_default_value = true)]
    locale: String,
}

pub(in crate::cli) async fn invite(site: &Site, arguments: &Invite) -> Result<Answer, Failure> {
    let address = Identifier::email(&arguments.email)
        .map_err(|error| Failure::usage(format!("{} {error}", arguments.email)).fix("name an address"))?;
    if !is_address(&address.value) {
        return Err(Failure::usage(format!("no mail can be sent to {}", arguments.email)).fix("name another address"));
    }
    if site.config.signup == SignupMode::Off || !site.config.mail.is_on() {
        let failure = Failure::new("nobody can take an invitation: `signup.mode` is off or mail is not configured");
        return Err(failure.fix("set `signup.mode = \"invite\"` and `mail.smtp`"));
    }
    let known = vec![address.clone()];
    if site.read(move |connection| user::store::find_by_identifiers(connection, &known)).await?.is_some() {
        let failure = Failure::new(format!("{} belongs to an account already", arguments.email));
        return Err(failure.fix("`latchkey user show` tells which"));
    }
    let (pepper, now) = (site.pepper().await?, site.now());
    let mailer = Mailer::new(&site.config.mail, site.master_keys()?, Arc::clone(&site.random)).map_err(Failure::new)?;
    let remembered = Remembered { address: address.value.clone(), locales: arguments.locale.clone() };
    let subject = pepper.hash("address", address.folded.as_bytes());
    let asked = Asked {
        purpose: Purpose::Invitation,
        subject: subject.as_str(),
        binding: None,
        payload: json!(remembered).to_string(),
        lifetime: INVITATION_LIFETIME,
    };
    let (new, secrets) = one_time::new(&asked, &pepper, site.random.as_ref(), now);
    let link = site.config.issuer.endpoint(&format!("/signup/link/{}", secrets.link));
    let letter = Letter {
        to: address.value.clone(),
        name: None,
        locales: Some(arguments.locale.clone()),
        about: About::Invitation { link },
    };
    let envelope = Envelope::seal(&mailer, site.new_id(), MAIL, &letter);
    let write = site.write(move |tx| {
        one_time::store::insert(tx, &new)?;
        envelope.post(tx, now)?;
        event::store::record(tx, &Event::by_operator("user.invited"), now)
    });
    write.await?;
    let text = format!("{} is invited: a server sends the letter. The link is good for seven days.", address.value);
    Ok(Answer::new(text, json!({ "email": address.value, "invited": true })))
}
